-- requeue_failed: all dead letters again, of a property or of all.
begin;
select plan(15);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync.requeue_failed'),
  'bigint | volatile definer | - | lead_sync_service', 'services may call it');

-- edges
select pg_temp.given_silent_item() as waits \gset
select is(lead_sync.requeue_failed(), 0::bigint, 'no dead letter');
select ok(not pg_temp.woken(), 'nobody is woken');

-- happy path
select pg_temp.given_silent_item('{"status": "failed"}') as lead,
  pg_temp.given_silent_item('{"status": "failed"}') as other,
  pg_temp.given_silent_item('{"status": "cancelled"}') as cancelled,
  pg_temp.given_silent_item('{"status": "completed"}') as completed \gset
update public.lead_sync_queue set retry_count = 3, next_retry_at = now(), processed_at = now(),
  error_code = 'code', error_message = 'words', updated_at = '2020-01-01', attempt = 5,
  state = '{"sent": {"pushed": []}, "lead_id": "L1", "owed": true, "failures": 4}'
where status <> 'pending';
select is(lead_sync.requeue_failed(gen_random_uuid()), 0::bigint,
  'none of an unknown property');
select is(lead_sync.requeue_failed(pg_temp.property_of(:'lead')), 1::bigint, 'of one property');
select collect_tap(
  is(q.status, 'pending', 'it waits again'),
  is(q.retry_count, 0, 'with all its retries'),
  is(row(q.next_retry_at, q.processed_at, q.error_code, q.error_message)::text, '(,,,)',
    'due at once, and without its failure'),
  is(q.state, '{"sent": {"pushed": []}, "lead_id": "L1"}',
    'a save of unknown outcome is not forgotten'),
  is(q.attempt, 5, 'nor how often it was tried'),
  ok(q.updated_at between now() and clock_timestamp(), 'the row says when it was written'))
from pg_temp.item(:'lead') q;
select ok(pg_temp.woken(), 'runners are told');
select is((pg_temp.item(:'other')).status, 'failed', 'other properties'' stay dead');
select is(lead_sync.requeue_failed(), 1::bigint, 'or of all');
select results_eq(format('select status::text from public.lead_sync_queue '
  'where conversation_id in (%L, %L, %L) order by seq', :'other', :'cancelled', :'completed'),
  array['pending', 'cancelled', 'completed'], 'but dead letters alone');

select * from finish();
rollback;
