create or replace function lead_sync_private.check_roles()
returns table (check_name text, severity text, finding text, remedy text)
language sql stable
set search_path = pg_catalog, pg_temp
as $fn$
  with ours as (
    select n.name, r.*
    from unnest(array['lead_sync_owner', 'lead_sync_runner', 'lead_sync_service',
      'lead_sync_monitor']) as n(name)
    left join pg_roles r on r.rolname = n.name
  ), forbidden as (
    select o.name, a.attribute
    from ours o cross join lateral (values ('login', o.rolcanlogin), ('superuser', o.rolsuper),
      ('createrole', o.rolcreaterole), ('createdb', o.rolcreatedb),
      ('replication', o.rolreplication),
      ('bypassrls', o.rolbypassrls and o.name <> 'lead_sync_owner')) as a(attribute, has)
    where a.has
  )
  select 'roles', 'failed', format('role %s does not exist', o.name),
    format('create role %s nologin; delete from lead_sync_private.code_file; '
      'delete from lead_sync_private.code_version; then: leadsync migrate', o.name)
  from ours o where o.rolname is null
  union all
  select 'roles', 'failed', format('role %s has the attribute %s', f.name, f.attribute),
    format('alter role %s no%s', f.name, f.attribute)
  from forbidden f
  union all
  select 'roles', 'failed', format('lead_sync_owner is a member of superuser %I', r.rolname),
    format('revoke %I from lead_sync_owner; alter role lead_sync_owner bypassrls', r.rolname)
  from pg_roles r
  where r.rolsuper and r.rolname <> 'lead_sync_owner'
    and pg_has_role('lead_sync_owner', r.oid, 'MEMBER')
    and not (select o.rolsuper from pg_roles o where o.rolname = 'lead_sync_owner')
  union all
  -- a role that is granted to our groups is granted to all who were granted those
  select 'roles', 'failed', format('%I is a member of %I, and so is everybody who has it',
      g.name, r.rolname),
    format('revoke %I from %I', r.rolname, g.name)
  from ours g
  join pg_auth_members m on m.member = g.oid join pg_roles r on r.oid = m.roleid
  where g.name <> 'lead_sync_owner'
  union all
  select 'roles', 'warning',
    format('%I is a member of lead_sync_owner and may not migrate: it may do all that the '
      'package may', r.rolname),
    format('revoke lead_sync_owner from %I', r.rolname)
  from ours o
  join pg_auth_members m on m.roleid = o.oid join pg_roles r on r.oid = m.member
  where o.name = 'lead_sync_owner' and not r.rolsuper and r.rolname !~ '^lead_sync_'
    and not has_database_privilege(r.oid, current_database(), 'CREATE');
$fn$;
revoke all on function lead_sync_private.check_roles() from public;
comment on function lead_sync_private.check_roles() is
'Find roles of ours that are missing, may more than they should or belong to others that do.
Returns: the findings.';
