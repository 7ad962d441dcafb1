-- queue_due_summaries: chats that are over get an enrichment.
begin;
select plan(18);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/capture.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.queue_due_summaries'),
  'integer | volatile | enable_hashjoin=off enable_mergejoin=off enable_seqscan=off jit=off | -',
  'no role may call it, and its plan is pinned');

create function pg_temp.given_chat(p_due interval, p_values jsonb default '{}') returns uuid
language sql
as $$
  insert into lead_sync_private.summary_due (conversation_id, due_at)
  select pg_temp.given_lead('{"start_time": "2020-01-01"}' || p_values),
    clock_timestamp() + p_due
  returning conversation_id
$$;
create function pg_temp.waiting() returns uuid[]
language sql
as $$
  select array_agg(d.conversation_id order by d.due_at) from lead_sync_private.summary_due d
$$;
create function pg_temp.queued() returns text
language sql
as $$
  select string_agg(format('%s %s %s %s', q.conversation_id, q.sync_operation, q.priority,
    coalesce(q.next_retry_at::text, 'now')), ', ' order by q.seq)
  from public.lead_sync_queue q
$$;

-- edges
select is(lead_sync_private.queue_due_summaries(10), 0, 'nothing waits');
select pg_temp.given_chat('1 min') as live \gset
delete from public.lead_sync_queue;
select is(lead_sync_private.queue_due_summaries(10), 0, 'nothing is due');
select is(pg_temp.waiting(), array[:'live']::uuid[], 'what is not due waits on');
select is(pg_temp.queued(), null, 'without an item');

-- happy path: quiet, and ended
select pg_temp.given_chat('-1 s') as quiet,
  pg_temp.given_chat('2 min', '{"end_time": "2020-01-02"}') as ended,
  pg_temp.given_chat('3 min', '{"end_time": "2100-01-02"}') as later \gset
delete from public.lead_sync_queue;
select is(lead_sync_private.queue_due_summaries(10), 2, 'it says how many');
select is(pg_temp.waiting(), array[:'live', :'later']::uuid[],
  'of the others the time is still to come');
select set_eq('select conversation_id, sync_operation::text, priority, next_retry_at
    from public.lead_sync_queue',
  format($$values (%L::uuid, 'enrichment', 1, null::timestamptz),
    (%L, 'enrichment', 1, null)$$, :'quiet', :'ended'), 'each has its item, due at once');
select is(lead_sync_private.queue_due_summaries(10), 0, 'once');

-- edges: an item that is pending does it too
delete from public.lead_sync_queue;
select pg_temp.given_item(:'quiet', '{"sync_operation": "enrichment"}') as item \gset
insert into lead_sync_private.summary_due (conversation_id, due_at)
values (:'quiet', clock_timestamp());
select is(lead_sync_private.queue_due_summaries(10), 1, 'one whose item waits already');
select is(array_agg(q.id), array[:'item']::uuid[], 'joins that one')
from public.lead_sync_queue q where q.status = 'pending';

-- edges: a limit, the longest due first
delete from public.lead_sync_queue;
select pg_temp.given_chat('-1 s') as second, pg_temp.given_chat('-2 s') as first \gset
delete from public.lead_sync_queue;
select is(lead_sync_private.queue_due_summaries(1), 1, 'so many at a time');
select is(pg_temp.queued(), :'first' || ' enrichment 1 now', 'the longest due first');
select is(lead_sync_private.queue_due_summaries(1), 1, 'the other with the next');
update public.conversation set end_time = '2020-01-02' where id in (:'live', :'later');
select is(lead_sync_private.queue_due_summaries(1), 1,
  'of those that may have ended as many are looked at');
select is(pg_temp.waiting(), array[:'later']::uuid[], 'the next to be due first');

-- edges: what is no lead any more
update public.resman_integration set sync_enabled = false
where property_id = pg_temp.property_of(:'later');
delete from public.lead_sync_queue;
select lead_sync_private.queue_due_summaries(10);
select is(pg_temp.queued(), null, 'no lead, no item');
select is(pg_temp.waiting(), null, 'and nothing waits for it');

select * from finish();
rollback;
