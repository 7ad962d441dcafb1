create or replace function lead_sync_private.check_grants()
returns table (check_name text, severity text, finding text, remedy text)
language sql stable
set search_path = pg_catalog, pg_temp
as $fn$
  with given as (
    select g.*, g.grantee in ('lead_sync_runner', 'lead_sync_service', 'lead_sync_monitor')
      as is_ours
    from lead_sync_private.list_grants() g
  ), owned as (
    select case p.prokind when 'p' then 'procedure' else 'function' end as object_kind,
      p.oid::regprocedure::text as object, p.proowner as owner
    from pg_proc p
    where p.pronamespace in ('lead_sync'::regnamespace, 'lead_sync_private'::regnamespace)
    union all
    select case c.relkind when 'v' then 'view' when 'S' then 'sequence' else 'table' end,
      c.oid::regclass::text, c.relowner
    from pg_class c
    where c.relkind in ('r', 'p', 'v', 'm', 'S')
      and c.relnamespace in ('lead_sync'::regnamespace, 'lead_sync_private'::regnamespace)
    union all
    select i.kind, i.name, coalesce(c.relowner, p.proowner)
    from lead_sync_private.installed_object i
    left join pg_class c
      on c.oid = case when i.kind in ('table', 'view') then to_regclass(i.name) end
    left join pg_proc p on p.oid = case when i.kind = 'routine' then to_regprocedure(i.name) end
    where i.name like 'public.%' and coalesce(c.relowner, p.proowner) is not null
  )
  -- rights of our roles are compared by check_objects
  select 'grants', 'failed', format('right that only our roles may have: %s', g.name),
    format('revoke %s', replace(g.name, ' to ', ' from '))
  from given g
  where not g.is_ours and g.object_schema <> 'public'
    or g.object_kind in ('function', 'procedure') and not g.is_ours
  union all
  select 'grants', 'failed', format('%s may pass on: %s', g.grantee, g.name),
    format('revoke grant option for %s', replace(g.name, ' to ', ' from '))
  from given g where g.is_ours and g.grantable
  union all
  -- row-level security without a policy closes the rows, not these
  select 'grants', 'warning',
    format('%s may %s our tables: %s', g.grantee,
      string_agg(distinct g.privilege, ', ' order by g.privilege),
      string_agg(distinct g.object, ', ' order by g.object)),
    format('revoke %s on %s from %I',
      string_agg(distinct g.privilege, ', ' order by g.privilege),
      string_agg(distinct g.object, ', ' order by g.object), g.grantee)
  from given g
  where g.object_schema = 'public' and g.object_kind = 'table' and not g.is_ours
    and g.privilege in ('truncate', 'trigger', 'references', 'maintain')
  group by g.grantee
  union all
  select 'grants', 'failed',
    format('%s %s belongs to %I', o.object_kind, o.object, pg_get_userbyid(o.owner)),
    format('alter %s %s owner to lead_sync_owner', o.object_kind, o.object)
  from owned o where o.owner <> 'lead_sync_owner'::regrole;
$fn$;
revoke all on function lead_sync_private.check_grants() from public;
comment on function lead_sync_private.check_grants() is
'Find rights on what is ours that nobody but our roles should have, or pass on, and objects of
ours that another role owns. What PUBLIC may execute is among them.
Returns: the findings.';
