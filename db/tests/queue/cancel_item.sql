-- cancel_item: an item that waits or has failed is given up.
begin;
select plan(19);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync.cancel_item'),
  'void | volatile definer | - | lead_sync_service', 'services may call it');

-- happy path
select pg_temp.given_lead() as waits, pg_temp.given_lead() as other \gset
update public.lead_sync_queue set next_retry_at = now() + interval '1 hour',
  state = '{"sent": {"pushed": []}}', updated_at = '2020-01-01', error_code = 'earlier',
  lease_token = gen_random_uuid(), lease_until = now()
where conversation_id = :'waits';
select to_jsonb(q)::text as other_before from pg_temp.item(:'other') q \gset
select lives_ok(format('select lead_sync.cancel_item(%L)', q.id), 'a pending item is cancelled')
from pg_temp.item(:'waits') q;
select collect_tap(
  is(q.status, 'cancelled', 'it has ended'),
  ok(q.processed_at between now() and clock_timestamp(), 'now'),
  ok(q.updated_at between now() and clock_timestamp(), 'was written now'),
  is(q.next_retry_at, null, 'waits for nothing'),
  is(q.lease_token, null, 'and is held'),
  is(q.lease_until, null, 'by nobody'),
  is(q.error_code, 'earlier', 'why it waited can still be read'),
  is(q.state, '{"sent": {"pushed": []}}', 'what became of a save stays known'))
from pg_temp.item(:'waits') q;
select is(to_jsonb(q), :'other_before'::jsonb, 'others stay as they are')
from pg_temp.item(:'other') q;
update public.lead_sync_queue set status = 'failed' where conversation_id = :'waits';
select lives_ok(format('select lead_sync.cancel_item(%L)', q.id), 'so is a dead letter')
from pg_temp.item(:'waits') q;

-- errors
create function pg_temp.cancelled_when(p_lead uuid, p_status text) returns text
language plpgsql
as $$
begin
  update public.lead_sync_queue set status = p_status where conversation_id = p_lead;
  return throws_ok(format('select lead_sync.cancel_item(%L)', (pg_temp.item(p_lead)).id),
    'LS011', 'item is ' || coalesce(p_status, 'without a status'),
    'refused: an item that is ' || coalesce(p_status, 'without a status'));
end
$$;
select pg_temp.cancelled_when(:'waits', s)
from unnest(array['processing', 'completed', 'cancelled', null]) as s;
select throws_ok(format('select lead_sync.cancel_item(%s)', i), 'LS002', 'no such item',
  'refused: ' || i)
from unnest(array['gen_random_uuid()', 'null']) as i;

-- effects
update public.lead_sync_queue set status = 'cancelled' where conversation_id = :'waits';
update public.conversation set occupants_count = 3 where id = :'waits';
select results_eq(format('select status::text from public.lead_sync_queue '
  'where conversation_id = %L order by seq', :'waits'), array['cancelled', 'pending'],
  'the next edit queues a new one');

select * from finish();
rollback;
