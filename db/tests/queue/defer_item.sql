-- defer_item: put off, without counting the attempt.
begin;
select plan(20);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.defer_item'),
  'void | volatile | enable_seqscan=off jit=off | -',
  'no role may call it');

-- happy path
select pg_temp.given_lead() as lead, pg_temp.given_lead() as other \gset
update public.lead_sync_queue set updated_at = '2020-01-01';
select pg_temp.claim(:'lead');
update public.lead_sync_queue set resman_lead_id = 'L1', updated_at = '2020-01-01';
select pg_temp.given_item(:'lead', '{"priority": 3}') as younger,
  pg_temp.given_item(:'lead', '{"sync_operation": "enrichment"}') as apart \gset
select to_jsonb(q)::text as other_before from pg_temp.item(:'other') q \gset
select lead_sync_private.defer_item(pg_temp.item(:'lead'), '{"sent": {"pushed": []},
  "lead_id": "L1", "failures": 2, "step": "save", "read": {}, "email": {}, "phone": {},
  "source": true, "agent": true, "lost_reason": true,
  "create_with": {}}', 'because', 'in words', '100 s');
select collect_tap(
  is(q.status, 'pending', 'it waits again'),
  ok(q.next_retry_at between now() + interval '100 s'
    and clock_timestamp() + interval '100 s', 'for as long as said'),
  ok(q.updated_at between now() and clock_timestamp(), 'was written now'),
  is(q.lease_token, null, 'is held'),
  is(q.lease_until, null, 'by nobody'),
  is(q.state, '{"sent": {"pushed": []}, "lead_id": "L1", "failures": 2, "step": "save"}',
    'what was read is read again, all else is kept'),
  is(q.error_code, 'because', 'there is a reason'),
  is(q.error_message, 'in words', 'in words'),
  is(q.resman_lead_id, 'L1', 'the lead it is about stays'),
  is(q.attempt, 1, 'the attempt was one'),
  is(q.retry_count, 0, 'that does not count'),
  is(q.processed_at, null, 'it has not ended'))
from pg_temp.item(:'lead') q;
select is(to_jsonb(q), :'other_before'::jsonb, 'others stay as they are')
from pg_temp.item(:'other') q;

-- effects: what came meanwhile
select results_eq(format('select status::text, folded_into from public.lead_sync_queue '
  'where id in (%L, %L) order by seq', :'younger', :'apart'),
  format('values (''cancelled'', %L::uuid), (''pending'', null)', (pg_temp.item(:'lead')).id),
  'what came for its key meanwhile folds into it');
select is(q.priority, 3, 'with its priority') from pg_temp.item(:'lead') q;

-- edges
select lead_sync_private.defer_item(pg_temp.item(:'other'), '{}', repeat('c', 101),
  repeat('m', 4001), null);
select collect_tap(
  is(q.next_retry_at, null, 'without a delay it is due at once'),
  is(q.error_code::text, repeat('c', 100), 'a code of 100 characters fits'),
  is(q.error_message, repeat('m', 4000), 'a message of 4,000'))
from pg_temp.item(:'other') q;
update public.lead_sync_queue set resman_lead_id = null where conversation_id = :'other';
select lead_sync_private.defer_item(
  jsonb_populate_record(q, '{"resman_lead_id": "L9"}'), '{}', null, null, null)
from pg_temp.item(:'other') q;
select is(q.resman_lead_id, 'L9', 'a lead just learned of is kept')
from pg_temp.item(:'other') q;

select * from finish();
rollback;
