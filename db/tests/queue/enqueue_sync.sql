-- enqueue_sync: another service asks for a conversation to be synced.

begin isolation level repeatable read;
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
select pg_temp.given_silent_item() as lead \gset
select lead_sync.enqueue_sync(:'lead') = (pg_temp.item(:'lead')).id as joined_repeatable \gset
rollback;

begin;
select plan(32);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync.enqueue_sync'),
  'uuid | volatile definer | - | lead_sync_service', 'services may call it');

-- happy path
select pg_temp.given_silent_item() as lead \gset
select (pg_temp.item(:'lead')).id as item \gset
select is(lead_sync.enqueue_sync(:'lead'), :'item', 'by default it is a push, and joins one');
select is(lead_sync.enqueue_sync(:'lead', 'push', 2, '{"note": 1}'), :'item',
  'a hint joins as well');
select is(sync_data, '{}', 'and leaves what stands') from public.lead_sync_queue
where id = :'item';
create function pg_temp.queued(p_id uuid) returns text
language sql
as $$
  select concat_ws(' ', q.sync_operation, q.priority, q.status, q.property_id,
    q.sync_data - 'conversation_id')
  from public.lead_sync_queue q where q.id = p_id
$$;
select pg_temp.property_of(:'lead') as property \gset
select is(pg_temp.queued(lead_sync.enqueue_sync(:'lead', o, 3, '{"hint": {"a": [1]}}')),
  format('%s 3 pending %s {"hint": {"a": [1]}}', o, :'property'), 'an operation: ' || o)
from unnest(array['push', 'status_update', 'enrichment']) as o;
select ok(pg_temp.woken(), 'runners are told');

-- edges
select is(pg_temp.queued(lead_sync.enqueue_sync(pg_temp.given_silent_item(
  '{"status": "completed"}'), p_priority => p)) ~ format('^push %s pending', p), true,
  format('priority %s', p))
from generate_series(1, 3) as p;
select pg_temp.given_silent_item('{"status": "completed"}') as lead \gset
select lead_sync.enqueue_sync(:'lead', p_data => jsonb_build_object('conversation_id', 'forged',
  'a', null)) as item \gset
select is(sync_data, jsonb_build_object('conversation_id', :'lead', 'a', null),
  'data cannot name another conversation') from public.lead_sync_queue where id = :'item';
select is(q.sync_data - 'conversation_id', '{}', 'null is no data')
from public.lead_sync_queue q
where q.id = lead_sync.enqueue_sync(pg_temp.given_silent_item('{"status": "failed"}'),
  p_data => null);
select lives_ok(format('select lead_sync.enqueue_sync(%L, ''enrichment'', 1, %L)', :'lead',
  jsonb_build_object('x', repeat('x', 100000 - length('{"x": ""}')))),
    '100,000 characters fit');
select ok(not :'joined_repeatable'::boolean, 'under REPEATABLE READ nothing is joined');

-- errors
select count(*) as items from public.lead_sync_queue \gset
select throws_ok(format('select lead_sync.enqueue_sync(%L, %s)', :'lead', left(a, 100100)),
  'LS001', message, 'refused: ' || left(a, 60))
from (values
  ('null', 'operation is not available in this version'),
  ($$'pull'$$, 'operation is not available in this version'),
  ($$'merge'$$, 'operation is not available in this version'),
  ($$'PUSH'$$, 'operation is not available in this version'),
  ($$'push', null$$, 'priority is out of range'), ($$'push', 0$$, 'priority is out of range'),
  ($$'push', 4$$, 'priority is out of range'),
  ($$'push', 2, '[]'$$, 'data is no object or too large'),
  ($$'push', 2, '"x"'$$, 'data is no object or too large'),
  ($$'push', 2, 'null'$$, 'data is no object or too large'),
  (format($$'push', 2, '{"x": "%s"}'$$, repeat('x', 100001 - length('{"x": ""}'))),
   'data is no object or too large')) as v(a, message);
select throws_ok(format('select lead_sync.enqueue_sync(%s)', i), 'LS002',
  'no such conversation',
  'refused: ' || i)
from unnest(array['gen_random_uuid()', 'null']) as i;
select throws_ok(format('select lead_sync.enqueue_sync(%L)',
  pg_temp.given_conversation(pg_temp.given_user(), pg_temp.given_property())), 'LS003',
  'property has no integration', 'refused: a property that is not switched on');
select throws_ok(format('select lead_sync.enqueue_sync(%L)', pg_temp.given_conversation(null,
  :'property')), 'LS005', 'conversation is not eligible', 'refused: a chat without a user');
create function pg_temp.detail_of(p_lead uuid) returns text
language plpgsql
as $$
declare
  v_detail text;
begin
  perform lead_sync.enqueue_sync(p_lead);
  return null;
exception when sqlstate 'LS005' then
  get stacked diagnostics v_detail = pg_exception_detail;
  return v_detail;
end
$$;
select is(pg_temp.detail_of(pg_temp.given_conversation(pg_temp.given_user(p_last => ' '),
  :'property')), 'no_name', 'with the reason as its detail');

-- effects
select is((select count(*) from public.lead_sync_queue), :items::bigint,
  'what is refused queues nothing');
set local role lead_sync_service;
select isnt(lead_sync.enqueue_sync(:'lead'), null, 'the role itself may call it');
reset role;

select * from finish();
rollback;
