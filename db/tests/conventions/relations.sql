-- Every relation of ours: owner, names, comment, row-level security, an index behind each
-- foreign key.
begin;
select plan(23);

-- Ours in public are those of the seed's names, and whatever else our owner has there.
create temporary table relation as
select c.oid, c.relnamespace::regnamespace::text as schema, c.relname::text as name,
  c.relkind as kind, c.relowner::regrole::text as owner, c.relrowsecurity as secured
from pg_class c
where c.relkind in ('r', 'p', 'v', 'm', 'S', 'c') and (
  c.relnamespace in ('lead_sync'::regnamespace, 'lead_sync_private'::regnamespace)
  or c.relnamespace = 'public'::regnamespace and (
    c.relowner = 'lead_sync_owner'::regrole
    or c.relname ~ '^(lead_sync_|resman_integration)'
    or c.relname in ('sync_health_monitoring', 'sync_success_rates',
      'conflict_resolution_stats', 'property_sync_status', 'queue_performance_metrics')));

select cmp_ok(count(*), '>', 15::bigint, 'there are tables to look at')
from relation where kind = 'r';
select cmp_ok(count(*), '>=', 8::bigint, 'and views') from relation where kind = 'v';
select is_empty($$select schema, name, owner from relation where owner <> 'lead_sync_owner'$$,
  'lead_sync_owner owns every table, view, type and sequence');
select is_empty(
  $$select i.oid::regclass, i.relowner::regrole from relation r
    join pg_index x on x.indrelid = r.oid join pg_class i on i.oid = x.indexrelid
    where i.relowner <> 'lead_sync_owner'::regrole$$,
  'and every index on them');
select is_empty(
  $$select schema, name from relation
    where kind not in ('S', 'c') and btrim(coalesce(obj_description(oid, 'pg_class'), '')) = ''$$,
  'every table and view has a comment');
select is_empty(
  $$select t.typname from relation r join pg_type t on t.typrelid = r.oid
    where r.kind = 'c' and btrim(coalesce(obj_description(t.oid, 'pg_type'), '')) = ''$$,
  'and every type');
select is_empty(
  $$select r.name, a.attname from relation r
    join pg_attribute a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
    where r.schema <> 'lead_sync_private' and r.name !~ '_archive$' and r.kind <> 'S'
      and col_description(r.oid, a.attnum) is null$$,
  'every column in public and lead_sync has one too, the archives'' copies apart');
select is_empty(
  $$select i.oid::regclass from relation r
    join pg_index x on x.indrelid = r.oid join pg_class i on i.oid = x.indexrelid
    where obj_description(i.oid, 'pg_class') is null
      and not exists (select from pg_constraint c where c.conindid = i.oid)$$,
  'every index that is no constraint says which query it serves');
select is_empty(
  $$select t.tgrelid::regclass, t.tgname from pg_trigger t join pg_proc p on p.oid = t.tgfoid
    where not t.tgisinternal and p.proowner = 'lead_sync_owner'::regrole
      and coalesce(obj_description(t.oid, 'pg_trigger'), '') !~ '^[A-Z][a-z]*[^s ] '$$,
  'every trigger has a comment that begins with an imperative');

-- names
select is_empty(
  $$select t.tgrelid::regclass, t.tgname from pg_trigger t join pg_proc p on p.oid = t.tgfoid
    where not t.tgisinternal and p.proowner = 'lead_sync_owner'::regrole
      and t.tgname !~ '^trigger_'$$,
  'triggers begin with trigger_');
-- The seed leaves the names of its own to PostgreSQL, and calls one unique constraint an index.
select is_empty(
  $$select c.conrelid::regclass, c.conname from pg_constraint c
    join relation r on r.oid = c.conrelid
    where c.conname !~ case c.contype when 'p' then '^pk_' when 'f' then '^fk_'
        when 'u' then '^uq_' when 'c' then '^chk_' when 'x' then '^ex_' else '^' end
      and not (r.schema = 'public' and r.name !~ '_archive$'
        and (c.conname = r.name || '_pkey'
          or c.conname ~ format('^%s_[a-z_]+_(check|fkey)$', r.name)
          or c.conname = 'idx_lead_sync_log_conversation_created'))$$,
  'constraints begin with their kind, the seed''s own apart');
select is_empty(
  $$select c.conrelid::regclass, c.conname from pg_constraint c
    join relation r on r.oid = c.conrelid
    where r.schema = 'lead_sync_private' and strpos(c.conname, r.name) = 0$$,
  'and say their table''s name');
select is_empty(
  $$select i.oid::regclass from relation r
    join pg_index x on x.indrelid = r.oid join pg_class i on i.oid = x.indexrelid
    where i.relname !~ ((case when x.indisunique then '^uq_' else '^idx_' end) || r.name)
      and not exists (select from pg_constraint c where c.conindid = i.oid)$$,
  'indexes begin with idx_ or uq_ and their table''s name');
select is_empty($$select name from relation where schema = 'lead_sync' and kind <> 'v'$$,
  'lead_sync holds no tables');

-- what was added to DomIQ's tables
select is_empty(
  $$select a.table_name, a.column_name from lead_sync_private.added_column a
    left join pg_attribute t on t.attrelid = format('public.%I', a.table_name)::regclass
      and t.attname = a.column_name and not t.attisdropped
    where t.attnum is null or col_description(t.attrelid, t.attnum) is null$$,
  'every column added to DomIQ''s tables is there, with a comment');
select is_empty(
  $$select a.object_name from lead_sync_private.added_object a
    where a.kind = 'index' and not exists (
        select from pg_index x
        where x.indexrelid = to_regclass(format('public.%I', a.object_name))
          and x.indrelid = format('public.%I', a.table_name)::regclass and x.indisvalid)
      or a.kind = 'constraint' and not exists (
        select from pg_constraint c where c.conname = a.object_name and c.convalidated
          and c.conrelid = format('public.%I', a.table_name)::regclass)$$,
  'every index and constraint added to them is there, and valid');
select is_empty(
  $$select r.name from relation r join lead_sync_private.added_column a
    on r.schema = 'public' and r.name = a.table_name$$,
  'DomIQ''s tables stay DomIQ''s');

-- row-level security
select is_empty(
  $$select name from relation where schema = 'public' and kind in ('r', 'p') and not secured$$,
  'row-level security is on for our tables in public');
select is_empty(
  $$select r.name, p.polname from relation r join pg_policy p on p.polrelid = r.oid$$,
  'and no policy opens them');

-- DomIQ's grant on everything opens no row of ours
\i db/tests/support/fixtures.psql
select pg_temp.given_property() as property \gset
select pg_temp.given_integration(:'property');
select pg_temp.given_conversation(pg_temp.given_user(), :'property');
grant select on all tables in schema public to app_admin;
create function pg_temp.rows_seen() returns table (name text, rows bigint)
language plpgsql
as $$
begin
  for name in select c.relname from pg_class c
      where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
        and c.relowner = 'lead_sync_owner'::regrole loop
    execute format('select count(*) from public.%I', name) into rows;
    return next;
  end loop;
end
$$;
select cmp_ok(count(*), '>=', 2::bigint, 'there are rows to be seen')
from pg_temp.rows_seen() s where s.rows > 0;
set local role app_admin;
create temporary table seen as select * from pg_temp.rows_seen();
reset role;
select cmp_ok(count(*), '>=', 8::bigint, 'DomIQ''s administrator can be granted our tables')
from seen;
select is_empty($$select name, rows from seen where rows > 0$$, 'and sees none of their rows');

-- foreign keys
select is_empty(
  $$select c.conrelid::regclass, c.conname from pg_constraint c
    join relation r on r.oid = c.conrelid
    where c.contype = 'f' and not exists (
      select from pg_index x
      where x.indrelid = c.conrelid and x.indisvalid
        and c.conkey @> (x.indkey::smallint[])[0:cardinality(c.conkey) - 1]
        -- a partial one serves where it leaves out nothing but nulls
        and (x.indpred is null or cardinality(c.conkey) = 1
          and pg_get_expr(x.indpred, x.indrelid) = format('(%I IS NOT NULL)',
            (select a.attname from pg_attribute a
             where a.attrelid = c.conrelid and a.attnum = c.conkey[1]))))$$,
  'every foreign key of ours has an index');

select * from finish();
rollback;
