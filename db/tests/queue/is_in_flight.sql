-- is_in_flight: whether an item of a conversation or lane is in flight.
begin;
select plan(11);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.is_in_flight'),
  'boolean | stable | enable_bitmapscan=off enable_incremental_sort=off '
  'enable_seqscan=off enable_sort=off jit=off | -',
  'no role may call it, plan pinned');

select pg_temp.given_lead() as lead, pg_temp.given_lead() as other \gset
select gen_random_uuid() as lane, (pg_temp.item(:'lead')).id as item \gset

-- nothing
select is(lead_sync_private.is_in_flight(:'lead', :'lane'), false, 'what waits is not in flight');
select is(lead_sync_private.is_in_flight(null, null), false, 'nor is nothing');

-- happy path
update public.lead_sync_queue set status = 'processing', lane = :'lane' where id = :'item';
select is(lead_sync_private.is_in_flight(:'lead', null), true, 'by its conversation');
select is(lead_sync_private.is_in_flight(null, :'lane'), true, 'by its lane');
select is(lead_sync_private.is_in_flight(:'other', :'lane'), true, 'by one of both');
select is(lead_sync_private.is_in_flight(:'lead', :'other'), true, 'or the other');
select is(lead_sync_private.is_in_flight(:'other', :'other'), false, 'others are not');
select is(lead_sync_private.is_in_flight(:'lead', :'lane', :'item'), false,
  'itself does not count');
select is(lead_sync_private.is_in_flight(:'lead', :'lane', :'other'), true, 'to another it does');
update public.lead_sync_queue set status = 'completed' where id = :'item';
select is(lead_sync_private.is_in_flight(:'lead', :'lane'), false, 'what has ended is not');

select * from finish();
rollback;
