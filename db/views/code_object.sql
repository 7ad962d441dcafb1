create or replace view lead_sync_private.code_object as
-- No pinned search_path: a view has none; it names its functions' types under the caller's.
select 'routine' as kind,
  p.oid as object_id,
  p.proname::text as object_name,
  p.oid::regprocedure::text as name,
  p.xmin || p.ctid::text as version,
  pg_get_userbyid(p.proowner) = 'lead_sync_owner' as is_owned
from pg_proc p join pg_namespace n on n.oid = p.pronamespace
where n.nspname in ('lead_sync', 'lead_sync_private')
  or n.nspname = 'public'
    and (pg_get_userbyid(p.proowner) = 'lead_sync_owner' or age(p.xmin) <= 0)
union all
select 'view',
  c.oid,
  c.relname,
  format('%I.%I', n.nspname, c.relname),
  r.xmin || r.ctid::text,
  pg_get_userbyid(c.relowner) = 'lead_sync_owner'
from pg_class c join pg_namespace n on n.oid = c.relnamespace
join pg_rewrite r on r.ev_class = c.oid and r.rulename = '_RETURN'
where c.relkind = 'v' and (
  n.nspname in ('lead_sync', 'lead_sync_private') and c.relname <> 'code_object'
  or n.nspname = 'public'
    and (pg_get_userbyid(c.relowner) = 'lead_sync_owner' or age(c.xmin) <= 0))
union all
select 'trigger',
  t.oid,
  t.tgname,
  format('%I on %I.%I', t.tgname, n.nspname, c.relname),
  t.xmin || t.ctid::text,
  true
from pg_trigger t join pg_proc p on p.oid = t.tgfoid
join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
where not t.tgisinternal and pg_get_userbyid(p.proowner) = 'lead_sync_owner';
alter view lead_sync_private.code_object owner to lead_sync_owner;
comment on view lead_sync_private.code_object is
'A row is a routine, view or trigger of the package, as the catalogue holds it: those in our
schemas, and in public those that lead_sync_owner owns or that this transaction has made. For
loading and dropping the code.';
