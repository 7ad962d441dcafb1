-- enqueue_item: queue an item, or join one that waits.

-- Under REPEATABLE READ: what it inserts and joins is told apart below.
begin isolation level repeatable read;
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
select pg_temp.given_silent_item() as lead \gset
select lead_sync_private.enqueue_item(:'lead', pg_temp.property_of(:'lead'), 'push', 2)
  = (pg_temp.item(:'lead')).id as joined_repeatable \gset
select count(*) as items_repeatable from public.lead_sync_queue \gset
rollback;

begin;
select plan(23);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.enqueue_item'),
  'uuid | volatile | enable_bitmapscan=off enable_hashjoin=off '
  'enable_incremental_sort=off enable_mergejoin=off enable_seqscan=off enable_sort=off '
  'jit=off | -', 'no role may call it, and its plan is pinned');

-- happy path
select pg_temp.given_silent_item('{"priority": 2}') as lead \gset
select pg_temp.property_of(:'lead') as property, (pg_temp.item(:'lead')).id as item \gset
select is(lead_sync_private.enqueue_item(:'lead', :'property', 'push', 2), :'item',
  'it joins an item of its key');
select ok(not pg_temp.woken(), 'for which nobody is woken');
select lead_sync_private.enqueue_item(:'lead', :'property', 'enrichment', 1, '{"hint": 1}')
  as other \gset
select isnt(:'other'::uuid, :'item', 'another operation is an item of its own');
select ok(pg_temp.woken(), 'for which runners are');
select results_eq(format('select conversation_id, property_id, sync_operation::text, priority, '
  'sync_data, status::text, retry_count, max_retries, next_retry_at, attempt, state '
  'from public.lead_sync_queue where id = %L', :'other'),
  format($$values (%L::uuid, %L::uuid, 'enrichment', 1,
    '{"hint": 1, "conversation_id": "%1$s"}'::jsonb, 'pending', 0, 3, null::timestamptz, 0,
    '{}'::jsonb)$$, :'lead', :'property'), 'with all that a claim needs');

-- edges: priority
select is(lead_sync_private.enqueue_item(:'lead', :'property', 'push', 1), :'item',
  'a less urgent one joins too');
select is(priority, 2, 'and leaves the priority')
from public.lead_sync_queue where id = :'item';
select lead_sync_private.enqueue_item(:'lead', :'property', 'push', 3) as urgent \gset
select isnt(:'urgent'::uuid, :'item', 'a more urgent one is an item of its own');
select is(sync_data, jsonb_build_object('conversation_id', :'lead'), 'without hints')
from public.lead_sync_queue where id = :'urgent';
select is(lead_sync_private.enqueue_item(:'lead', :'property', 'push', 2), :'item',
  'of several the oldest is joined');
update public.lead_sync_queue set seq = 0 where id = :'urgent';
select is(lead_sync_private.enqueue_item(:'lead', :'property', 'push', 2), :'urgent',
  'by arrival');
update public.lead_sync_queue set next_retry_at = now() + interval '1 hour'
where id = :'urgent';
select is(lead_sync_private.enqueue_item(:'lead', :'property', 'push', 2), :'urgent',
  'also one that backs off: it waits for all of them');

-- edges: what has left
create function pg_temp.joins(p_lead uuid, p_item uuid, p_status text) returns boolean
language plpgsql
as $$
begin
  delete from public.lead_sync_queue where id <> p_item;
  update public.lead_sync_queue set status = p_status where id = p_item;
  return lead_sync_private.enqueue_item(p_lead, pg_temp.property_of(p_lead), 'push',
    2) = p_item;
end
$$;
select is(pg_temp.joins(:'lead', :'item', s), false, 'none that is ' || s || ' is joined')
from unnest(array['processing', 'completed', 'failed', 'cancelled']) as s;
select is(lead_sync_private.enqueue_item(given.id, null, 'push', 2) is not null, true,
  'another conversation is queued by itself')
from (select pg_temp.given_silent_item('{"status": "completed"}') as id) as given;

-- edges: isolation
select ok(not :'joined_repeatable'::boolean,
  'under REPEATABLE READ nothing is joined: a claim may have read the values already');
select is(:items_repeatable, 2, 'and nothing is lost');

-- errors
select throws_ok(format('select lead_sync_private.enqueue_item(%L, %L, %s)', :'lead',
  :'property', a), code, null, 'refused: ' || a)
from (values ($$'push', 4$$, '23514'), ($$'pop', 2$$, '23514')) as v(a, code);
select throws_ok(format('select lead_sync_private.enqueue_item(%L, %L, ''push'', 2)',
  gen_random_uuid(), :'property'), '23503', null, 'refused: a conversation that is gone');

select * from finish();
rollback;
