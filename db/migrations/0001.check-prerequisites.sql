-- Says in one error everything that keeps lead-sync from being installed here; changes nothing.
do $check$
declare
  v_problems text[] := '{}';
  v_missing text;
  v_super boolean;
  v_createrole boolean;
  v_row record;
begin
  if current_setting('server_version_num')::int not between 140000 and 189999 then
    v_problems := v_problems || format(
      'PostgreSQL %s is not supported: 14 to 18 are', current_setting('server_version'));
  end if;

  select string_agg(format('public.%I.%I', c.table_name, c.column_name), ', ')
  into v_missing
  from (values
    ('property', 'id'), ('property', 'name'),
    ('property_manager', 'id'), ('property_manager', 'email'),
    ('property_manager_assignment', 'property_id'),
    ('property_manager_assignment', 'property_manager_id'),
    ('property_manager_assignment', 'is_primary'),
    ('chatbot', 'id'), ('chatbot', 'property_id'),
    ('user', 'id'), ('user', 'first_name'), ('user', 'last_name'), ('user', 'email'),
    ('user', 'phone'), ('user', 'lead_source'),
    ('conversation', 'id'), ('conversation', 'chatbot_id'), ('conversation', 'user_id'),
    ('conversation', 'is_qualified'), ('conversation', 'is_book_tour'),
    ('conversation', 'tour_datetime'), ('conversation', 'ai_intent_summary'),
    ('conversation', 'apartment_size_preference'), ('conversation', 'move_in_date'),
    ('conversation', 'price_range_min'), ('conversation', 'price_range_max'),
    ('conversation', 'occupants_count'), ('conversation', 'has_pets'),
    ('conversation', 'pet_details'), ('conversation', 'source'), ('conversation', 'status'),
    ('conversation', 'created_at'),
    ('lead_notification', 'id'), ('lead_notification', 'conversation_id'),
    ('lead_notification', 'notification_type'), ('lead_notification', 'status'),
    ('lead_notification', 'sent_at'), ('lead_notification', 'created_at')
  ) as c(table_name, column_name)
  where not exists (
    select from pg_catalog.pg_attribute a
    where a.attrelid = to_regclass(format('public.%I', c.table_name))
      and a.attname = c.column_name and a.attnum > 0 and not a.attisdropped
  );
  if v_missing is not null then
    v_problems := v_problems || format(
      'DomIQ''s tables are missing or lack columns: %s', v_missing);
  end if;

  select rolsuper, rolsuper or rolcreaterole into v_super, v_createrole
  from pg_catalog.pg_roles where rolname = current_user;

  if not has_database_privilege(current_database(), 'CREATE') then
    v_problems := v_problems || format('run: grant create on database %I to %I',
      current_database(), current_user);
  end if;
  if not has_schema_privilege('public', 'CREATE') then
    v_problems := v_problems || format('run: grant create on schema public to %I', current_user);
  end if;

  for v_row in
    select r.name from unnest(array['lead_sync_owner', 'lead_sync_runner', 'lead_sync_service',
      'lead_sync_monitor']) as r(name)
    where not v_createrole
      and not exists (select from pg_catalog.pg_roles x where x.rolname = r.name)
  loop
    v_problems := v_problems || format('run: create role %I nologin', v_row.name);
  end loop;
  if not v_createrole
     and exists (select from pg_catalog.pg_roles where rolname = 'lead_sync_owner')
     and not pg_has_role('lead_sync_owner', 'MEMBER') then
    v_problems := v_problems || format('run: grant lead_sync_owner to %I', current_user);
  end if;

  for v_row in
    select o.rolname as owner, o.rolsuper as owner_is_super, bool_or(c.relforcerowsecurity) as forced
    from pg_catalog.pg_class c join pg_catalog.pg_roles o on o.oid = c.relowner
    where c.relnamespace = to_regnamespace('public') and c.relkind in ('r', 'p')
      and c.relname in ('property', 'property_manager', 'property_manager_assignment', 'chatbot',
                        'user', 'conversation', 'lead_notification')
    group by 1, 2
  loop
    if not v_super and (v_row.owner_is_super or not pg_has_role(v_row.owner, 'MEMBER')) then
      v_problems := v_problems || format(
        'DomIQ''s tables belong to %I: run as a superuser or as a member of that role%s',
        v_row.owner,
        case when v_row.owner_is_super then '' else format(' (grant %I to %I)', v_row.owner,
          current_user) end);
    end if;
    if not v_super and v_row.owner = current_user then
      v_problems := v_problems || format(
        'migrate as a login role that is a member of %I, not as %I itself: lead_sync_owner '
        'becomes a member of it, and two roles cannot be members of each other',
        v_row.owner, v_row.owner);
    end if;
    if not v_super and (v_row.owner_is_super or v_row.forced)
       and not exists (select from pg_catalog.pg_roles
                       where rolname = 'lead_sync_owner' and rolbypassrls) then
      v_problems := v_problems ||
        'run as a superuser: create role lead_sync_owner nologin bypassrls'::text;
    elsif not v_super and not v_row.owner_is_super
       and not exists (select from pg_catalog.pg_roles
                       where rolname = 'lead_sync_owner' and pg_has_role(oid, v_row.owner, 'MEMBER'))
       and not pg_has_role(v_row.owner, 'MEMBER WITH ADMIN OPTION')
       and not (v_createrole and current_setting('server_version_num')::int < 160000) then
      v_problems := v_problems || format(
        'run: create role lead_sync_owner nologin (if it does not exist); grant %I to lead_sync_owner',
        v_row.owner);
    end if;
  end loop;

  if v_problems <> '{}' then
    raise exception using
      errcode = 'object_not_in_prerequisite_state',
      message = format('lead-sync cannot be installed here: %s problem(s)',
                       cardinality(v_problems)),
      detail = array_to_string(v_problems, E'\n'),
      hint = 'Nothing was changed. Mend what is listed and migrate again.';
  end if;
end
$check$;
