-- requeue_item: an item again that has failed or was cancelled, or a waiting one at once.
begin;
select plan(20);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync.requeue_item'),
  'void | volatile definer | - | lead_sync_service', 'services may call it');

-- happy path
select pg_temp.given_silent_item('{"status": "failed"}') as lead,
  pg_temp.given_silent_item('{"status": "failed"}') as other \gset
update public.lead_sync_queue set retry_count = 3, next_retry_at = now(), processed_at = now(),
  error_code = 'code', error_message = 'words', updated_at = '2020-01-01', attempt = 5,
  folded_into = gen_random_uuid(), lease_token = gen_random_uuid(), lease_until = now(),
  state = '{"sent": {"pushed": []}, "lead_id": "L1", "owed": true, "failures": 4}';
select to_jsonb(q)::text as other_before from pg_temp.item(:'other') q \gset
select lead_sync.requeue_item((pg_temp.item(:'lead')).id);
select collect_tap(
  is(q.status, 'pending', 'it waits again'),
  is(q.retry_count, 0, 'with all its retries'),
  is(row(q.next_retry_at, q.processed_at, q.error_code, q.error_message)::text, '(,,,)',
    'due at once, and without its failure'),
  is(row(q.folded_into, q.lease_token, q.lease_until)::text, '(,,)', 'nobody''s, and itself'),
  is(q.state, '{"sent": {"pushed": []}, "lead_id": "L1"}',
    'a save of unknown outcome is not forgotten'),
  is(q.attempt, 5, 'nor how often it was tried'),
  ok(q.updated_at between now() and clock_timestamp(), 'the row says when it was written'))
from pg_temp.item(:'lead') q;
select ok(pg_temp.woken(), 'runners are told');
select is(to_jsonb(q), :'other_before'::jsonb, 'others stay as they are')
from pg_temp.item(:'other') q;

-- edges
create function pg_temp.requeued(p_lead uuid, p_status text) returns text
language plpgsql
as $$
begin
  update public.lead_sync_queue set status = p_status, next_retry_at = '2030-01-01'
  where conversation_id = p_lead;
  perform lead_sync.requeue_item((pg_temp.item(p_lead)).id);
  return (select concat_ws(' ', q.status, q.next_retry_at) from pg_temp.item(p_lead) q);
end
$$;
select is(pg_temp.requeued(:'lead', s), 'pending', 'one that is ' || s)
from unnest(array['failed', 'cancelled', 'pending']) as s;
select pg_temp.given_item(:'other') as younger \gset
select lead_sync.requeue_item((pg_temp.item(:'other')).id);
select is(folded_into, (pg_temp.item(:'other')).id, 'what waits for the same folds into it')
from public.lead_sync_queue where id = :'younger';

-- errors
create function pg_temp.refused_when(p_lead uuid, p_status text) returns text
language plpgsql
as $$
begin
  update public.lead_sync_queue set status = p_status where conversation_id = p_lead;
  return throws_ok(format('select lead_sync.requeue_item(%L)', (pg_temp.item(p_lead)).id),
    'LS011', 'item is ' || coalesce(p_status, 'without a status'),
    'refused: an item that is ' || coalesce(p_status, 'without a status'));
end
$$;
select pg_temp.refused_when(:'lead', s) from unnest(array['processing', 'completed',
  null]) as s;
select throws_ok(format('select lead_sync.requeue_item(%s)', i), 'LS002', 'no such item',
  'refused: ' || i)
from unnest(array['gen_random_uuid()', 'null']) as i;

-- effects
select is((pg_temp.item(:'lead')).attempt, 5, 'what is refused stays as it is');

select * from finish();
rollback;
