create or replace function lead_sync_private.describe_objects()
returns table (kind text, name text, belongs_to text, definition text)
language sql stable
set search_path = pg_catalog, pg_temp
as $fn$
  with ours as (
    select c.oid, c.oid::regclass::text as name
    from pg_class c
    where c.relkind in ('r', 'p') and (c.relnamespace = 'lead_sync_private'::regnamespace
      or c.relnamespace = 'public'::regnamespace and c.relowner = 'lead_sync_owner'::regrole)
  ), added as (
    select a.kind, to_regclass(format('public.%I', a.table_name)) as oid, a.object_name
    from lead_sync_private.added_object a
    union all
    select 'column', to_regclass(format('public.%I', a.table_name)), a.column_name
    from lead_sync_private.added_column a
  )
  select o.kind, o.name,
    case o.kind when 'trigger' then (
      select t.tgrelid::regclass::text from pg_trigger t where t.oid = o.object_id) end,
    case o.kind
    when 'routine' then
      encode(sha256(convert_to(pg_get_functiondef(o.object_id), 'UTF8')), 'hex')
    when 'view' then
      encode(sha256(convert_to(pg_get_viewdef(o.object_id), 'UTF8')), 'hex')
    else pg_get_triggerdef(o.object_id) end
  from lead_sync_private.code_object o
  -- the view shows what anybody has made in public in this transaction, too
  where o.is_owned or o.name not like 'public.%' or exists (
    select from lead_sync_private.installed_object i where i.kind = o.kind and i.name = o.name)
  union all
  select 'table', t.name, null, 'table' from ours t
  union all
  select 'column', format('%s.%I', a.attrelid::regclass, a.attname), a.attrelid::regclass::text,
    concat_ws(' ', format_type(a.atttypid, a.atttypmod),
      'default ' || pg_get_expr(d.adbin, d.adrelid), case when a.attnotnull then 'not null' end)
  from pg_attribute a
  left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  where a.attnum > 0 and not a.attisdropped and (a.attrelid in (select t.oid from ours t)
    or (a.attrelid, a.attname) in (select x.oid, x.object_name from added x
                                   where x.kind = 'column'))
  union all
  select 'index', i.indexrelid::regclass::text, i.indrelid::regclass::text,
    pg_get_indexdef(i.indexrelid)
  from pg_index i join pg_class c on c.oid = i.indexrelid
  where not exists (select from pg_constraint k
                    where k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x'))
    and (i.indrelid in (select t.oid from ours t)
      or (i.indrelid, c.relname) in (select x.oid, x.object_name from added x
                                     where x.kind = 'index'))
  union all
  select 'constraint', format('%I on %s', k.conname, k.conrelid::regclass),
    k.conrelid::regclass::text, pg_get_constraintdef(k.oid)
  from pg_constraint k
  where k.contype in ('c', 'f', 'p', 'u', 'x') and (k.conrelid in (select t.oid from ours t)
    or (k.conrelid, k.conname) in (select x.oid, x.object_name from added x
                                   where x.kind = 'constraint'))
  union all
  select 'grant', g.name, g.object, g.privilege from lead_sync_private.list_grants() g
  where g.grantee in ('lead_sync_runner', 'lead_sync_service', 'lead_sync_monitor');
$fn$;
revoke all on function lead_sync_private.describe_objects() from public;
comment on function lead_sync_private.describe_objects() is
'List what the package consists of, as the catalogue has it now: routines, views and triggers;
our tables, with columns, indexes and constraints; those added to DomIQ''s tables; the rights of our
roles.
Returns: definition is text that recreates the object, of a routine or view its hash; it is
comparable under one major version of PostgreSQL. belongs_to: the table.';
