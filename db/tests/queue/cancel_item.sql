-- cancel_item: an item that waits or has failed is given up.
begin;
select plan(33);
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

-- effects: the conversation
create function pg_temp.status_of(p_conversation uuid) returns text
language sql
as $$
  select c.resman_sync_status::text from public.conversation c where c.id = p_conversation
$$;

create function pg_temp.push_of(p_conversation uuid) returns uuid
language sql
as $$
  select q.id from public.lead_sync_queue q
  where q.conversation_id = p_conversation and q.sync_operation = 'push'
  order by q.seq desc limit 1
$$;

-- A lead whose push has begun, and waits after a failure that may pass.
create function pg_temp.given_waiting() returns uuid
language plpgsql
as $$
declare
  v_lead uuid := pg_temp.given_lead();
begin
  perform pg_temp.claim(v_lead);
  perform lead_sync.advance_item(h.item, h.token, '{"outcome": "ok", "leads": []}')
  from held h where h.conversation_id = v_lead;
  perform lead_sync.advance_item(h.item, h.token,
    '{"outcome": "failed", "kind": "transient", "code": "http_503", "message": "later"}')
  from held h where h.conversation_id = v_lead;
  return v_lead;
end
$$;

-- an item that has begun: its conversation was syncing
select pg_temp.given_waiting() as lead \gset
select is(pg_temp.status_of(:'lead'), 'syncing', 'after an answer the conversation is syncing');
select lead_sync.cancel_item(pg_temp.push_of(:'lead'));
select is(pg_temp.status_of(:'lead'), 'not_synced', 'cancelled, it is not_synced again');
select ok(not q.state ? 'owed', 'nothing is owed')
from public.lead_sync_queue q where q.id = pg_temp.push_of(:'lead');
select lives_ok(format('select lead_sync.requeue_item(pg_temp.push_of(%L))', :'lead'),
  'a cancelled item can be queued again');

-- another item will say how it ended
select pg_temp.given_waiting() as lead \gset
select pg_temp.push_of(:'lead') as first \gset
insert into public.lead_sync_queue (conversation_id, sync_operation, sync_data)
values (:'lead', 'status_update', '{}');
select lead_sync.cancel_item(:'first');
select is(pg_temp.status_of(:'lead'), 'syncing', 'while another waits it stays syncing');
select lead_sync.cancel_item(q.id) from public.lead_sync_queue q
where q.conversation_id = :'lead' and q.status = 'pending';
select is(pg_temp.status_of(:'lead'), 'not_synced', 'with the last one it is over');

-- enrichment says nothing of the push
select pg_temp.given_waiting() as lead \gset
insert into public.lead_sync_queue (conversation_id, sync_operation, sync_data)
values (:'lead', 'enrichment', '{}') returning id as enrichment \gset
select lead_sync.cancel_item(:'enrichment');
select is(pg_temp.status_of(:'lead'), 'syncing', 'a cancelled enrichment leaves the push alone');
insert into public.lead_sync_queue (conversation_id, sync_operation, sync_data)
values (:'lead', 'enrichment', '{}');
select lead_sync.cancel_item(pg_temp.push_of(:'lead'));
select is(pg_temp.status_of(:'lead'), 'not_synced',
  'a waiting enrichment does not keep it syncing');

-- states that are not syncing stay
select pg_temp.given_lead() as lead \gset
update public.conversation set resman_sync_status = 'conflict' where id = :'lead';
select lead_sync.cancel_item(pg_temp.push_of(:'lead'));
select is(pg_temp.status_of(:'lead'), 'conflict', 'a conflict stays one');
select pg_temp.given_lead() as lead \gset
update public.lead_sync_queue set status = 'failed' where conversation_id = :'lead';
update public.conversation set resman_sync_status = 'failed' where id = :'lead';
select lead_sync.cancel_item(pg_temp.push_of(:'lead'));
select is(pg_temp.status_of(:'lead'), 'failed', 'a dead letter''s conversation stays failed');

-- what is owed is paid by run_schedule
select pg_temp.given_waiting() as lead \gset
update public.lead_sync_queue
set status = 'cancelled', state = '{"owed": true, "sent": {}}' where conversation_id = :'lead';
select is(lead_sync.run_schedule(), 1, 'run_schedule finds a cancelled item that owes');
select is(pg_temp.status_of(:'lead'), 'not_synced', 'and sets its conversation back');
select is(q.state, '{"sent": {}}', 'what else the item knows stays')
from public.lead_sync_queue q where q.conversation_id = :'lead';
select is(lead_sync.run_schedule(), 0, 'once');

select * from finish();
rollback;
