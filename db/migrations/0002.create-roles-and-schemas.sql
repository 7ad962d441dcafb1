-- depends: 0001.check-prerequisites
-- Roles are cluster-wide: made if missing, shared with the other databases that carry the package.
do $roles$
declare
  v_role text;
begin
  foreach v_role in array array['lead_sync_owner', 'lead_sync_runner', 'lead_sync_service',
                                'lead_sync_monitor'] loop
    begin
      if not exists (select from pg_catalog.pg_roles where rolname = v_role) then
        execute format('create role %I nologin', v_role);
      end if;
    exception when duplicate_object or unique_violation then
      null; -- another database of this cluster made it meanwhile
    end;
  end loop;
  if not (select rolsuper from pg_catalog.pg_roles where rolname = current_user)
     and not pg_has_role('lead_sync_owner', 'USAGE') then
    execute format('grant lead_sync_owner to %I', current_user)
      || case when current_setting('server_version_num')::int >= 160000
           then ' with inherit true' else '' end;
  end if;
end
$roles$;

-- DomIQ's tables. Membership in their owner passes row-level security. Where that will not do (a
-- superuser owns them, row-level security is forced, or the owner itself migrates, who is to be a
-- member of lead_sync_owner and cannot be both), plain grants, and BYPASSRLS or else a policy on
-- each table that lets lead_sync_owner alone see all rows. Never membership in a superuser.
-- Under plain yoyo: a request for a lock that waits makes DomIQ wait behind it.
select set_config('lock_timeout', '200ms', true) where current_setting('lock_timeout') = '0';

do $access$
declare
  v_row record;
  v_bypass boolean := (select rolbypassrls from pg_catalog.pg_roles
                       where rolname = 'lead_sync_owner');
  v_super boolean := (select rolsuper from pg_catalog.pg_roles where rolname = current_user);
begin
  for v_row in
    select c.relname, o.rolname as owner,
      o.rolsuper or c.relforcerowsecurity or o.rolname = current_user and not v_super as granted
    from pg_catalog.pg_class c join pg_catalog.pg_roles o on o.oid = c.relowner
    where c.relnamespace = 'public'::regnamespace
      and c.relname in ('property', 'property_manager', 'property_manager_assignment', 'chatbot',
                        'user', 'conversation', 'lead_notification')
    order by c.relname
  loop
    if not v_row.granted then
      if not pg_has_role('lead_sync_owner', v_row.owner, 'USAGE') then
        execute format('grant %I to lead_sync_owner', v_row.owner);
      end if;
      continue;
    end if;
    execute format('grant select, references on public.%I to lead_sync_owner', v_row.relname);
    if v_row.relname in ('user', 'conversation', 'lead_notification') then
      execute format('grant insert, update, trigger on public.%I to lead_sync_owner',
        v_row.relname);
    end if;
    if v_super and not v_bypass then
      alter role lead_sync_owner bypassrls;
      v_bypass := true;
    elsif not v_bypass then
      -- on every table, whether or not its row-level security is on yet
      execute format('create policy lead_sync_all_rows on public.%I to lead_sync_owner '
        'using (true) with check (true)', v_row.relname);
    end if;
  end loop;
end
$access$;

do $schema$
begin
  -- What PUBLIC may do, up to PostgreSQL 14 by default, can be taken from it: no reason to skip.
  if has_schema_privilege('public', 'CREATE WITH GRANT OPTION')
     or not (has_schema_privilege('lead_sync_owner', 'public', 'USAGE')
             and has_schema_privilege('lead_sync_owner', 'public', 'CREATE')) then
    grant usage, create on schema public to lead_sync_owner;
  end if;
end
$schema$;

create schema lead_sync authorization lead_sync_owner;
create schema lead_sync_private authorization lead_sync_owner;
revoke all on schema lead_sync, lead_sync_private from public;
grant usage on schema lead_sync to lead_sync_runner, lead_sync_service, lead_sync_monitor;
comment on schema lead_sync is
  'The interface of lead-sync: functions and views that a role of ours may use. No tables.';
comment on schema lead_sync_private is
  'Everything of lead-sync that is nobody else''s business. No grants.';
