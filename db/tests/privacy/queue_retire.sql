-- queue_retire: a lead that no conversation stands for is to be marked lost.
begin;
select plan(4);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.queue_retire'), 'uuid | volatile | - | -',
  'no role may call it');

-- happy path
select pg_temp.given_property() as property \gset
select ok(not pg_temp.woken(), 'nobody was let know before');
select lead_sync_private.queue_retire(:'property', 'R1', 'P1', 'Gone') as item \gset
select results_eq('select id, conversation_id, property_id, sync_operation::text, status::text,
    priority, resman_lead_id::text, sync_data from public.lead_sync_queue',
  format('values (%L::uuid, null::uuid, %L::uuid, ''status_update'', ''pending'', 2, ''R1'',
    ''{"retire": "R1", "contact_id": "P1", "why": "Gone"}''::jsonb)', :'item', :'property'),
  'it is queued, with all that is needed');
select ok(pg_temp.woken(), 'and runners are let know');

select * from finish();
rollback;
