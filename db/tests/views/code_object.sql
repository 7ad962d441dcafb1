-- code_object: the routines, views and triggers of the package, for loading and dropping them.
begin;
\i db/tests/support/catalogue.psql
select plan(20);

-- surface
select results_eq(
  $$select name, type from pg_temp.columns_of('lead_sync_private.code_object')$$,
  $$values ('kind', 'text'), ('object_id', 'oid'), ('object_name', 'text'), ('name', 'text'),
    ('version', 'text'), ('is_owned', 'boolean')$$, 'its columns');
select table_privs_are('lead_sync_private', 'code_object', r, '{}', r || ' may not read it')
from unnest(array['lead_sync_runner', 'lead_sync_service', 'lead_sync_monitor']::name[]) as r;

-- What is said of one: the object's name, and whether it is owned.
create function pg_temp.listed(p_kind text, p_name text) returns text
language sql
as $$
  select coalesce(string_agg(concat_ws(' ', o.object_name, o.is_owned), ', '), 'nothing')
  from lead_sync_private.code_object o where o.kind = p_kind and o.name = p_name
$$;

-- happy path
select is(pg_temp.listed(kind, name), said, format('%s %s', kind, name))
from (values
  ('routine', 'lead_sync.next_wakeup()', 'next_wakeup t'),
  ('routine', 'lead_sync_private.retry_delay(integer)', 'retry_delay t'),
  ('routine', 'add_sync_queue_item()', 'add_sync_queue_item t'),
  ('view', 'lead_sync.dead_letters', 'dead_letters t'),
  ('view', 'lead_sync_private.code_object', 'nothing'),
  ('trigger', 'trigger_capture_user_changes on public."user"', 'trigger_capture_user_changes t'),
  ('trigger', 'trigger_log_field_policy on lead_sync_private.field_policy',
   'trigger_log_field_policy t')) as v(kind, name, said);
select is_empty($$select o.name from lead_sync_private.code_object o where not o.is_owned$$,
  'all is owned');

-- edges: a new version
create temporary table before as
select object_id, version from lead_sync_private.code_object;
create or replace function lead_sync.next_wakeup() returns interval language sql
as 'select interval ''1 s''';
create or replace trigger trigger_log_integration after insert on public.resman_integration
  for each row execute function lead_sync_private.log_configuration();
select set_eq($$select o.object_name::text from lead_sync_private.code_object o
    join before b using (object_id) where o.version <> b.version$$,
  $$values ('next_wakeup'), ('trigger_log_integration')$$, 'what was replaced has another version');

-- edges: what others make
create role chk_person;
create function lead_sync.theirs() returns int language sql as 'select 1';
alter function lead_sync.theirs() owner to chk_person;
create function public.new_one() returns trigger language plpgsql as 'begin return null; end';
create view public.new_view as select 1 as x;
create trigger theirs after insert on public.lead_sync_queue
  for each row execute function public.new_one();
create view lead_sync_private.stray as select 1 as x;
select is(pg_temp.listed(kind, name), said, format('%s %s', kind, name))
from (values ('routine', 'lead_sync.theirs()', 'theirs f'),
  ('routine', 'new_one()', 'new_one f'), ('view', 'public.new_view', 'new_view f'),
  ('view', 'lead_sync_private.stray', 'stray f'),
  ('trigger', 'theirs on public.lead_sync_queue', 'nothing'),
  -- DomIQ's own, of another transaction
  ('routine', 'update_timestamp()', 'nothing')) as v(kind, name, said);
select is((select count(*) from lead_sync_private.code_object o
  where o.kind = 'trigger' and o.object_name like 'RI\_%'), 0::bigint,
  'no foreign key''s triggers');

select * from finish();
rollback;
