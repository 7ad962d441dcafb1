select set_config('lock_timeout', '200ms', true) where current_setting('lock_timeout') = '0';
drop schema lead_sync;
drop schema lead_sync_private;
revoke usage, create on schema public from lead_sync_owner;

do $access$
declare
  v_relname name;
begin
  for v_relname in
    select relname from pg_catalog.pg_class
    where relnamespace = 'public'::regnamespace
      and relname in ('property', 'property_manager', 'property_manager_assignment', 'chatbot',
                      'user', 'conversation', 'lead_notification')
  loop
    execute format('revoke all on public.%I from lead_sync_owner', v_relname);
    if exists (select from pg_catalog.pg_policy
               where polrelid = format('public.%I', v_relname)::regclass
                 and polname = 'lead_sync_all_rows') then
      execute format('drop policy lead_sync_all_rows on public.%I', v_relname);
    end if;
  end loop;
end
$access$;

-- Cluster-wide: a role that another database still uses, or that owns or may do anything
-- anywhere, stays.
do $roles$
declare
  v_role text;
begin
  foreach v_role in array array['lead_sync_monitor', 'lead_sync_service', 'lead_sync_runner',
                                'lead_sync_owner'] loop
    begin
      execute format('drop role if exists %I', v_role);
    exception when dependent_objects_still_exist or object_in_use or insufficient_privilege then
      raise notice 'role % stays: something else still uses it', v_role;
    end;
  end loop;
end
$roles$;
