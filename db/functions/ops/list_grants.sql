create or replace function lead_sync_private.list_grants()
returns table (name text, privilege text, object_kind text, object_schema text, object text,
  grantee text, grantable boolean)
language sql stable
set search_path = pg_catalog, pg_temp
as $fn$
  with object as (
    select case p.prokind when 'p' then 'procedure' else 'function' end as object_kind,
      p.pronamespace as namespace, p.oid::regprocedure::text as object, p.proowner as owner,
      coalesce(p.proacl, acldefault('f', p.proowner)) as acl
    from pg_proc p
    where p.pronamespace in ('lead_sync'::regnamespace, 'lead_sync_private'::regnamespace)
      or p.pronamespace = 'public'::regnamespace and exists (
        select from lead_sync_private.code_object o
        where o.kind = 'routine' and o.object_id = p.oid and o.is_owned)
    union all
    select case c.relkind when 'v' then 'view' when 'S' then 'sequence' else 'table' end,
      c.relnamespace, c.oid::regclass::text, c.relowner,
      coalesce(c.relacl, acldefault(case c.relkind when 'S' then 's' else 'r' end::"char",
        c.relowner))
    from pg_class c
    where c.relkind in ('r', 'p', 'v', 'm', 'S')
      and (c.relnamespace in ('lead_sync'::regnamespace, 'lead_sync_private'::regnamespace)
        or c.relnamespace = 'public'::regnamespace and c.relowner = 'lead_sync_owner'::regrole)
    union all
    select 'schema', n.oid, format('%I', n.nspname), n.nspowner,
      coalesce(n.nspacl, acldefault('n', n.nspowner))
    from pg_namespace n where n.nspname in ('lead_sync', 'lead_sync_private')
  )
  select format('%s on %s %s to %s', lower(a.privilege_type),
      case when o.object_kind = 'view' then 'table' else o.object_kind end, o.object,
      case when a.grantee = 0 then 'public' else format('%I', pg_get_userbyid(a.grantee)) end),
    lower(a.privilege_type), o.object_kind, n.nspname::text, o.object,
    case when a.grantee = 0 then 'public' else pg_get_userbyid(a.grantee)::text end,
    a.is_grantable
  from object o
  join pg_namespace n on n.oid = o.namespace
  cross join lateral aclexplode(o.acl) a
  where a.grantee <> o.owner and a.grantee <> 'lead_sync_owner'::regrole;
$fn$;
revoke all on function lead_sync_private.list_grants() from public;
comment on function lead_sync_private.list_grants() is
'List the rights that others than the owner have on what is ours.
Returns: a row for each right and role; name is the text behind GRANT, PUBLIC is public.';
