create or replace function lead_sync_private.check_schemas()
returns table (check_name text, severity text, finding text, remedy text)
language sql stable
set search_path = pg_catalog, pg_temp
as $fn$
  with trusted as (
    select o.oid from pg_roles o
    where o.rolsuper or o.rolname in ('lead_sync_owner', 'pg_database_owner')
      -- who migrates
      or pg_has_role(o.oid, 'lead_sync_owner', 'MEMBER')
      or o.oid = (select d.datdba from pg_database d where d.datname = current_database())
    union
    select c.relowner from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
      and c.relname in ('property', 'property_manager', 'property_manager_assignment',
        'chatbot', 'user', 'conversation', 'lead_notification')
  )
  select 'schemas', 'failed',
    format('%s may create in schema public: it could put an object of its own in the way of '
      'those that DomIQ''s triggers name without a schema, and our writes run them',
      case a.grantee when 0 then 'PUBLIC' else pg_get_userbyid(a.grantee)::text end),
    format('revoke create on schema public from %s',
      case a.grantee when 0 then 'public' else quote_ident(pg_get_userbyid(a.grantee)) end)
  from pg_namespace n
  cross join lateral aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) a
  where n.nspname = 'public' and a.privilege_type = 'CREATE'
    and a.grantee not in (select t.oid from trusted t)
  union all
  select 'schemas', 'failed', format('schema %I belongs to %I', n.nspname, r.rolname),
    format('alter schema %I owner to lead_sync_owner', n.nspname)
  from pg_namespace n join pg_roles r on r.oid = n.nspowner
  where n.nspname in ('lead_sync', 'lead_sync_private') and r.rolname <> 'lead_sync_owner'
  union all
  select 'schemas', 'failed', format('lead_sync_owner lacks %s on schema public', p.privilege),
    format('grant %s on schema public to lead_sync_owner', p.privilege)
  from (values ('usage'), ('create')) as p(privilege)
  where not has_schema_privilege('lead_sync_owner', 'public', p.privilege);
$fn$;
revoke all on function lead_sync_private.check_schemas() from public;
comment on function lead_sync_private.check_schemas() is
'Find roles that may create in schema public and should not. Trusted are superusers, the
database''s owner, the owners of DomIQ''s tables, and who migrates: members of lead_sync_owner.
Returns: the findings.';
