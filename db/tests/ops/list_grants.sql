-- list_grants: who but the owner may do what with what is ours.
begin;
select plan(19);
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.list_grants'),
  'TABLE(name text, privilege text, object_kind text, object_schema text, object text, '
  'grantee text, grantable boolean) | stable | - | -', 'no role may call it');

create function pg_temp.granted(p_object text) returns text
language sql
as $$
  select coalesce(string_agg(concat_ws(' ', g.privilege, g.object_kind, g.object_schema, g.grantee,
    g.grantable), ', ' order by g.grantee, g.privilege), 'nothing')
  from lead_sync_private.list_grants() g where g.object = p_object
$$;

-- happy path
select is(pg_temp.granted(object), granted, object)
from (values
  ('lead_sync.next_wakeup()', 'execute function lead_sync lead_sync_runner f'),
  ('lead_sync_private.retry_delay(integer)', 'nothing'),
  ('lead_sync.dead_letters', 'select view lead_sync lead_sync_monitor f'),
  ('lead_sync_private.property_setting', 'nothing'), ('lead_sync_private', 'nothing'),
  ('lead_sync', 'usage schema lead_sync lead_sync_monitor f, usage schema lead_sync '
    'lead_sync_runner f, usage schema lead_sync lead_sync_service f')) as v(object, granted);
select is(name, 'select on table lead_sync.dead_letters to lead_sync_monitor',
  'the text behind GRANT; of a view it says table')
from lead_sync_private.list_grants() where object = 'lead_sync.dead_letters';
select is_empty($$select * from lead_sync_private.list_grants() where grantee in
  ('lead_sync_owner', 'public')$$, 'PUBLIC may nothing; the owner is not listed');

-- edges: what was granted by hand
create role "chk person";
grant execute on function lead_sync_private.retry_delay(integer) to public;
select is(pg_temp.granted('lead_sync_private.retry_delay(integer)'),
  'execute function lead_sync_private public f', 'to PUBLIC');
select ok(exists (select from lead_sync_private.list_grants() where name =
  'execute on function lead_sync_private.retry_delay(integer) to public'), 'by its name');
grant select, update on public.lead_sync_queue to "chk person" with grant option;
select is(pg_temp.granted('public.lead_sync_queue'), 'select table public chk person t, '
  'update table public chk person t', 'on a table of ours in public, and passed on');
select ok(exists (select from lead_sync_private.list_grants() where name =
  'select on table public.lead_sync_queue to "chk person"'), 'a name that needs quotes has them');
grant usage on sequence lead_sync_private.field_policy_id_seq to "chk person";
select is(pg_temp.granted('lead_sync_private.field_policy_id_seq'),
  'usage sequence lead_sync_private chk person f', 'on a sequence');

grant execute on function public.add_sync_queue_item() to "chk person";
select is(pg_temp.granted('public.add_sync_queue_item()'), 'execute function public chk person f',
  'on a routine of ours in public');
grant usage on schema lead_sync_private to "chk person";
select is(pg_temp.granted('lead_sync_private'), 'usage schema lead_sync_private chk person f',
  'on a schema');

-- edges: what is not ours
grant select on public.conversation to "chk person";
create function public.nobodys() returns int language sql as 'select 1';
create procedure lead_sync_private.ours() language sql as 'select 1';
select is(pg_temp.granted(object), granted, object)
from (values ('public.conversation', 'nothing'), ('public.nobodys()', 'nothing'),
  ('lead_sync_private.ours()', 'execute procedure lead_sync_private public f'))
  as v(object, granted);

select * from finish();
rollback;
