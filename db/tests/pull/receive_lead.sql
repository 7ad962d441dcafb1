-- receive_lead: a lead as ResMan shows it, from a service.
begin;
select plan(16);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/pull.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync.receive_lead'),
  'jsonb | volatile definer | lock_timeout=500ms | lead_sync_service', 'a service calls it');

select pg_temp.given_pulling() as property,
  pg_temp.given_pulling('{"sync_direction": "to_resman"}') as pushing,
  pg_temp.given_property() as bare \gset
create function pg_temp.receive(p_property uuid, p_values jsonb default '{}') returns jsonb
language sql
as $$ select lead_sync.receive_lead(p_property, pg_temp.shown(p_values)) $$;

-- happy path
select pg_temp.receive(:'property') as made \gset
select :'made'::jsonb ->> 'conversation_id' as lead \gset
select is(:'made'::jsonb, jsonb_build_object('outcome', 'created', 'conversation_id', :'lead',
  'conflict_ids', '[]'::jsonb), 'a stranger is made');
select is(pg_temp.receive(:'property'), jsonb_build_object('outcome', 'unchanged',
  'conversation_id', :'lead', 'conflict_ids', '[]'::jsonb), 'given twice it changes nothing');
select is(pg_temp.receive(:'property', '{"first_name": "Anna", "observed_at":
  "2999-01-01T00:00:00Z"}') ->> 'outcome', 'updated', 'what ResMan changed is taken');
select is(u.first_name, 'Anna', 'and written') from public."user" u
where u.email = 'ann@example.com';
select is(coalesce(c.resman_custom_fields, '{}') ? 'observed_at', false,
  'the time is no field of the lead')
from public.conversation c where c.id = :'lead';
select is(pg_temp.receive(:'property', '{"first_name": "Annie"}') ->> 'outcome', 'updated',
  'a time that lies ahead is taken as now');
select pg_temp.receive(:'property', '{"lead_id": "R2"}') as refused \gset
select is(:'refused'::jsonb ->> 'outcome' || ' '
    || jsonb_array_length(:'refused'::jsonb -> 'conflict_ids'), 'conflict 1',
  'a conflict has its id');
select is(count(*), 0::bigint, 'none of that is read again') from public.lead_sync_queue
where sync_operation = 'pull';

-- edges: what cannot be merged now
select is(pg_temp.receive(:'property', '{"first_name": "Old", "observed_at":
  "2026-01-01T00:00:00Z"}'), jsonb_build_object('outcome', 'unchanged', 'conversation_id',
  :'lead', 'conflict_ids', '[]'::jsonb, 'queued', true), 'what is out of date');
select is(q.sync_data, '{"lead_id": "R1"}', 'is read from ResMan in a moment')
from public.lead_sync_queue q where q.sync_operation = 'pull' and q.status = 'pending';
create function pg_temp.refuse() returns trigger
language plpgsql
as $$ begin raise exception using errcode = 'XX000'; end $$;
create trigger broken before insert on public."user" for each row
  execute function pg_temp.refuse();
select is(pg_temp.receive(:'property', '{"lead_id": "R3", "email": "bob@example.com",
  "phone": null}'), '{"outcome": "conflict", "conversation_id": null, "conflict_ids": [],
  "queued": false}', 'what fails is for a person to look at');

-- errors
select throws_ok(format('select pg_temp.receive(%L, %L)', :'property', more), 'LS001', null,
  'refused: ' || more)
from unnest(array['{"lead_id": null}', '{"observed_at": "soon"}']) as more;
select throws_ok(format('select pg_temp.receive(%L)', :'pushing'), 'LS001', null,
  'a property that does not pull');
select throws_ok(format('select pg_temp.receive(%L)', :'bare'), 'LS003', null,
  'one without an integration');

select * from finish();
rollback;
