-- close_item: an item ends for good.
begin;
select plan(19);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.close_item'),
  'void | volatile | enable_seqscan=off jit=off | -',
  'no role may call it');

-- happy path
select pg_temp.given_lead() as lead, pg_temp.given_lead() as other \gset
update public.lead_sync_queue set updated_at = '2020-01-01', next_retry_at = now(),
  state = '{"step": "save"}', error_code = 'earlier', error_message = 'earlier', attempt = 2;
select pg_temp.claim(:'lead');
update public.lead_sync_queue set next_retry_at = now(), resman_lead_id = 'L1',
  updated_at = '2020-01-01';
select to_jsonb(q)::text as other_before from pg_temp.item(:'other') q \gset
select lead_sync_private.close_item(pg_temp.item(:'lead'), 'completed');
select collect_tap(
  is(q.status, 'completed', 'it has ended'),
  ok(q.processed_at between now() and clock_timestamp(), 'now'),
  ok(q.updated_at between now() and clock_timestamp(), 'was written now'),
  is(q.next_retry_at, null, 'waits for nothing'),
  is(q.lease_token, null, 'is held'),
  is(q.lease_until, null, 'by nobody'),
  is(q.state, '{}', 'knows nothing any more'),
  is(q.error_code, null, 'nor why'),
  is(q.error_message, null, 'it had waited'),
  is(q.resman_lead_id, 'L1', 'the lead it is about stays'),
  is(q.attempt, 3, 'so do its attempts'))
from pg_temp.item(:'lead') q;
select is(to_jsonb(q), :'other_before'::jsonb, 'others stay as they are')
from pg_temp.item(:'other') q;

-- edges
create function pg_temp.with_lead(p_lead uuid, p_lead_id text) returns public.lead_sync_queue
language plpgsql
as $$
declare
  v_item public.lead_sync_queue := pg_temp.item(p_lead);
begin
  v_item.resman_lead_id := p_lead_id;
  return v_item;
end
$$;
select lead_sync_private.close_item(pg_temp.with_lead(:'other', 'L2'), 'failed',
  repeat('c', 101), repeat('m', 4001), '{"owed": true}');
select collect_tap(
  is(q.status, 'failed', 'it can have failed'),
  is(q.error_code::text, repeat('c', 100), 'a code of 100 characters fits'),
  is(q.error_message, repeat('m', 4000), 'a message of 4,000'),
  is(q.state, '{"owed": true}', 'what is owed is kept'),
  is(q.resman_lead_id, 'L2', 'a lead just learned of is kept'))
from pg_temp.item(:'other') q;
select lead_sync_private.close_item(pg_temp.with_lead(:'other', null), 'cancelled');
select is(q.status || q.resman_lead_id, 'cancelledL2', 'and not forgotten')
from pg_temp.item(:'other') q;

select * from finish();
rollback;
