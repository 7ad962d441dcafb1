-- take_place: another place for what could not be sent in its time.
begin;
select plan(8);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync.take_place'),
  'numeric | volatile definer | enable_seqscan=off jit=off | lead_sync_runner',
  'a runner asks for it');

select pg_temp.given_lead() as lead \gset
select pg_temp.property_of(:'lead') as property \gset
select pg_temp.given_setting(:'property', 'rate_limit', to_jsonb(2 / lead_sync_private.rate_share()));
select pg_temp.claim(:'lead') ->> 'lease_token' as token \gset
delete from lead_sync_private.rate_slot;

-- happy path
select is(lead_sync.take_place(:'token'), 0::numeric, 'the next place is now');
select is(round(lead_sync.take_place(:'token'), 1), 0.5, 'and the one after it has its distance');
select is(array_agg(r.limited), array[:'property'], 'under its property''s rate')
from lead_sync_private.rate_slot r;

-- edges
select pg_temp.given_setting(:'property', 'rate_limit', '0');
select is(lead_sync.take_place(:'token'), 0::numeric, 'at once, where there is no limit any more');
select is(lead_sync.take_place(gen_random_uuid()), null::numeric, 'none without a current lease');
select is(lead_sync.take_place(null), null::numeric, 'nor with null');
update public.lead_sync_queue set status = 'completed' where conversation_id = :'lead';
select is(lead_sync.take_place(:'token'), null::numeric, 'nor for what has ended');

select * from finish();
rollback;
