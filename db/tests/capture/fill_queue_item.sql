-- fill_queue_item: a row that other code inserts into the queue directly.

begin isolation level repeatable read;
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
select pg_temp.given_silent_item() as lead \gset
insert into public.lead_sync_queue (conversation_id, sync_operation, sync_data)
values (:'lead', 'push', '{}');
select count(*) as items_repeatable, count(property_id) as filled_repeatable
from public.lead_sync_queue \gset
rollback;

begin;
select plan(16);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.fill_queue_item'),
  'trigger | volatile definer | enable_bitmapscan=off enable_hashjoin=off '
  'enable_incremental_sort=off enable_mergejoin=off enable_seqscan=off enable_sort=off '
  'jit=off | -', 'no role may call it');

-- The items of the conversation after one more of these values.
create function pg_temp.inserted(p_lead uuid, p_values jsonb default '{}') returns text
language plpgsql
as $$
begin
  perform pg_temp.given_row('lead_sync_queue', jsonb_build_object('conversation_id', p_lead,
    'sync_operation', 'push', 'sync_data', '{}'::jsonb, 'priority', 2) || p_values);
  return (select string_agg(concat_ws(' ', q.sync_operation, q.priority, q.status,
      case when q.property_id = pg_temp.property_of(p_lead) then 'filled' end), ', '
      order by q.seq)
    from public.lead_sync_queue q where q.conversation_id = p_lead);
end
$$;

-- edges: joining
select pg_temp.given_silent_item('{"priority": 2}') as lead \gset
select is(pg_temp.inserted(:'lead'), 'push 2 pending filled', 'a second row joins the first');
select is(pg_temp.inserted(:'lead', '{"priority": 1}'), 'push 2 pending filled',
  'so does a less urgent one');
select ok(not pg_temp.woken(), 'nobody is woken for those');

-- happy path
select is(pg_temp.inserted(:'lead', '{"priority": 3}'),
  'push 2 pending filled, push 3 pending filled', 'a more urgent one stands by itself');
select ok(pg_temp.woken(), 'and runners are told');
select is(pg_temp.inserted(:'lead', '{"sync_operation": "enrichment"}'),
  'push 2 pending filled, push 3 pending filled, enrichment 2 pending filled',
  'another operation too');
select pg_temp.given_silent_item('{"status": "processing"}') as lead \gset
select is(pg_temp.inserted(:'lead'), 'push 2 processing filled, push 2 pending filled',
  'what is in flight is not joined');
select is(pg_temp.inserted(:'lead', '{"status": "completed"}'),
  'push 2 processing filled, push 2 pending filled, push 2 completed filled',
  'what is inserted as ended joins nothing');
select pg_temp.given_silent_item('{"status": "failed"}') as lead,
  pg_temp.given_silent_item('{"status": "pending"}') as other \gset
select is(pg_temp.inserted(:'lead'), 'push 2 failed filled, push 2 pending filled',
  'a dead letter is not joined, nor another conversation''s item');

-- edges: isolation
select is(:items_repeatable, 2, 'under REPEATABLE READ nothing is joined');
select is(:filled_repeatable, 2, 'but the property is filled in');

-- edges: no lead
select pg_temp.given_conversation(null, pg_temp.given_property()) as chat \gset
select is(pg_temp.inserted(:'chat'), 'push 2 pending filled',
  'a conversation that is no lead has a property all the same');
select pg_temp.given_conversation(pg_temp.given_user(), pg_temp.given_property(),
  '{"chatbot_id": null}') as homeless \gset
select is(pg_temp.inserted(:'homeless'), 'push 2 pending', 'unless it has no chatbot');

-- errors
select throws_ok(format('select pg_temp.inserted(%L)', gen_random_uuid()), '23503', null,
  'refused: a conversation that does not exist');

-- effects
select lives_ok($$insert into public.lead_sync_queue (sync_operation, sync_data)
  values ('pull', '{}'), ('pull', '{}')$$, 'work without a conversation is taken as it is');

select * from finish();
rollback;
