-- Stand-in for DomIQ's own database (development, tests, demo): functions.
-- The package itself never creates or drops any of these objects.

-- DomIQ's keys default to uuid_generate_v4(). A server without contrib gets a function of that
-- name over the built-in generator.
do $$
begin
  if pg_catalog.to_regprocedure('public.uuid_generate_v4()') is not null then
    return;
  end if;
  if exists (select from pg_catalog.pg_available_extensions where name = 'uuid-ossp') then
    begin
      create extension if not exists "uuid-ossp" schema public;
    exception
      when insufficient_privilege or undefined_file or feature_not_supported then
        null;
    end;
  end if;
  if pg_catalog.to_regprocedure('public.uuid_generate_v4()') is null then
    create function public.uuid_generate_v4() returns uuid
      language sql volatile parallel safe
      as 'select pg_catalog.gen_random_uuid()';
  end if;
end
$$;

-- Every table has a BEFORE UPDATE trigger with this function, lead_notification and message
-- too, which have no updated_at: their every UPDATE fails. That is how DomIQ's schema is.
create function public.update_timestamp() returns trigger
language plpgsql
as $$
begin
  new.updated_at = now();
  return new;
end
$$;

create function public.update_conversation_status() returns trigger
language plpgsql
as $$
begin
  if new.pre_qualified and not coalesce(old.pre_qualified, false) then
    new.status = 'qualified';
  end if;
  if new.is_book_tour and not coalesce(old.is_book_tour, false) then
    new.status = 'tour_scheduled';
  end if;
  return new;
end
$$;

-- lead_notification has no schema here, as in DomIQ's schema: the function fails under a
-- search_path without public.
create function public.create_lead_notification() returns trigger
language plpgsql
as $$
begin
  if new.status = 'qualified' and (old.status is null or old.status <> 'qualified') then
    insert into lead_notification (conversation_id, notification_type, status)
    values (new.id, 'new_qualified_lead', 'pending');
  end if;
  if new.status = 'tour_scheduled' and (old.status is null or old.status <> 'tour_scheduled')
  then
    insert into lead_notification (conversation_id, notification_type, status)
    values (new.id, 'tour_scheduled', 'pending');
  end if;
  return new;
end
$$;
