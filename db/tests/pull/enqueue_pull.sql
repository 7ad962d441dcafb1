-- enqueue_pull: a service asks for a pull.
begin;
select plan(13);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/pull.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync.enqueue_pull'),
  'uuid | volatile definer | - | lead_sync_service', 'a service calls it');

select pg_temp.given_pulling() as property,
  pg_temp.given_pulling('{"sync_direction": "to_resman"}') as pushing,
  pg_temp.given_pulling('{"sync_direction": "from_resman"}') as reading,
  pg_temp.given_property() as bare \gset

-- happy path
select lead_sync.enqueue_pull(:'property') as item \gset
select results_eq(format('select property_id, sync_operation::text, sync_data, priority
    from public.lead_sync_queue where id = %L', :'item'),
  format('values (%L::uuid, ''pull'', ''{}''::jsonb, 2)', :'property'), 'since the last pull');
select is(lead_sync.enqueue_pull(:'property'), :'item', 'asked again it is the same');
select lead_sync.enqueue_pull(:'property', '2026-01-01T00:00:00Z', 3) as since \gset
select is((q.sync_data ->> 'since')::timestamptz = '2026-01-01T00:00:00Z' and q.priority = 3,
  true, 'since a time, at once')
from public.lead_sync_queue q where q.id = :'since';
select isnt(lead_sync.enqueue_pull(:'reading'), null, 'a property that only pulls');
select isnt(lead_sync.enqueue_pull(:'reading', null, 1), null, 'the lowest priority');

-- errors
select throws_ok(format('select lead_sync.enqueue_pull(%L, %s)', :'property', a), 'LS001', null,
  'refused: ' || a)
from unnest(array['null, 0', 'null, 4', 'null, null', '''2999-01-01''', '''-infinity''']) as a;
select throws_ok(format('select lead_sync.enqueue_pull(%L)', :'pushing'), 'LS001', null,
  'a property that does not pull');
select throws_ok(format('select lead_sync.enqueue_pull(%L)', :'bare'), 'LS003', null,
  'one without an integration');

select * from finish();
rollback;
