-- claim_low_water: under which number nothing was claimed that is in flight. That it waits for
-- transactions that have not ended is a matter of several sessions: see test_low_water.py.
begin;
select plan(13);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.claim_low_water'),
  'bigint | volatile | enable_bitmapscan=off enable_incremental_sort=off '
  'enable_seqscan=off enable_sort=off jit=off | -',
  'no role may call it, plan pinned');

-- A database's numbers outlive tests: these begin where the last have ended.
select setval('lead_sync_private.claim_low', last_value) as low
from lead_sync_private.claim_number \gset
select setval('lead_sync_private.claim_bound', :low);
select setval('lead_sync_private.claim_bound_xid', 3);

-- few claims
select setval('lead_sync_private.claim_number', :low + 999);
select is(lead_sync_private.claim_low_water(), :low::bigint, 'within a thousand it stays');
select is(last_value, :low::bigint, 'and nothing is written') from lead_sync_private.claim_bound;

-- a thousand
select setval('lead_sync_private.claim_number', :low + 1000);
select is(lead_sync_private.claim_low_water(), :low::bigint, 'not at once');
select is(last_value, :low + 1000::bigint, 'but how far it may go is known')
from lead_sync_private.claim_bound;
select is(last_value, pg_snapshot_xmax(pg_current_snapshot())::text::bigint,
  'once those who run now have ended') from lead_sync_private.claim_bound_xid;

-- those that ran have ended
select pg_temp.given_lead() as lead \gset
update public.lead_sync_queue set status = 'processing', claim_number = :low + 400
where conversation_id = :'lead';
select setval('lead_sync_private.claim_bound_xid', 3);
select is(lead_sync_private.claim_low_water(), :low + 400::bigint,
  'as far as nothing is in flight');
update public.lead_sync_queue set status = 'completed' where conversation_id = :'lead';
select setval('lead_sync_private.claim_number', :low + 1400);
select is(lead_sync_private.claim_low_water(), :low + 1000::bigint, 'at most to the bound');
select is(last_value, :low + 1000::bigint, 'which moves on by thousands')
from lead_sync_private.claim_bound;
select setval('lead_sync_private.claim_number', :low + 2500);
select setval('lead_sync_private.claim_bound_xid',
  pg_snapshot_xmax(pg_current_snapshot())::text::bigint + 1);
select is(lead_sync_private.claim_low_water(), :low + 1000::bigint,
  'not while one of those runs');
select is(last_value, :low + 1000::bigint, 'nor does the bound')
from lead_sync_private.claim_bound;
select setval('lead_sync_private.claim_bound_xid', 3);
select lead_sync_private.claim_low_water();
select is(last_value, :low + 2500::bigint, 'then it does') from lead_sync_private.claim_bound;
select setval('lead_sync_private.claim_bound_xid', 3);
select is(lead_sync_private.claim_low_water(), :low + 2500::bigint, 'and what was asked for');

select * from finish();
rollback;
