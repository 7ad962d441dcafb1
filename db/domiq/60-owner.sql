-- Stand-in for DomIQ's own database: the tables' owner. With `set domiq.owner = 'some_role'`
-- the tables and functions are handed to that ordinary role, which is made if missing; without
-- it they stay with the executing role. The new owner may create in public, as the role that
-- runs DomIQ's own migrations does.
do $$
declare
  v_owner text := nullif(current_setting('domiq.owner', true), '');
  v_object text;
begin
  if v_owner is null or v_owner = current_user then
    return;
  end if;
  begin
    if not exists (select from pg_catalog.pg_roles where rolname = v_owner) then
      execute pg_catalog.format('create role %I nologin', v_owner);
    end if;
  exception
    when duplicate_object or unique_violation then
      null;
  end;
  -- An ordinary role can hand over only to a role that it is a member of, and that may create
  -- here; from 16 on, having made it is not enough.
  if not (select rolsuper from pg_catalog.pg_roles where rolname = current_user) then
    execute pg_catalog.format('grant %I to %I', v_owner, current_user);
  end if;
  execute pg_catalog.format('grant usage, create on schema public to %I', v_owner);
  foreach v_object in array array[
    'company', 'property', 'property_manager', 'property_manager_assignment', 'chatbot', 'faq',
    'user', 'conversation', 'message', 'lead_notification', 'website_integration'
  ] loop
    execute pg_catalog.format('alter table public.%I owner to %I', v_object, v_owner);
  end loop;
  foreach v_object in array array[
    'update_timestamp', 'update_conversation_status', 'create_lead_notification'
  ] loop
    execute pg_catalog.format('alter function public.%I() owner to %I', v_object, v_owner);
  end loop;
  if not exists (
    select from pg_catalog.pg_depend d
    where d.classid = 'pg_catalog.pg_proc'::regclass and d.deptype = 'e'
      and d.objid = 'public.uuid_generate_v4()'::regprocedure
  ) then
    execute pg_catalog.format('alter function public.uuid_generate_v4() owner to %I', v_owner);
  end if;
end
$$;
