-- take_due: the due items of a property, locked.
begin;
select plan(18);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.take_due'),
  'SETOF lead_sync_queue | volatile | enable_bitmapscan=off enable_hashjoin=off '
  'enable_incremental_sort=off enable_mergejoin=off enable_seqscan=off enable_sort=off '
  'jit=off | -', 'no role may call it, plan pinned');

select pg_temp.given_property() as property \gset
insert into public.lead_sync_queue
  (id, property_id, sync_operation, sync_data, priority, next_retry_at, created_at)
select format('%s0000000-0000-4000-8000-000000000000', v.n)::uuid, :'property', 'pull', '{}',
  v.priority, v.at, v.created
from (values (1, 2, null::timestamptz, now()), (2, 3, null, now()),
  (3, 2, now() - interval '1 s', now()), (4, 1, now() - interval '2 s', now()),
  (5, 2, now() + interval '1 s', now()), (6, 2, null, now() + interval '1 day'))
  as v(n, priority, at, created);
create function pg_temp.due(p_limit integer, p_taken text default '',
  p_before timestamptz default 'infinity', p_busy uuid[] default '{}')
returns text
language sql
as $$
  select coalesce(string_agg(left(d.id::text, 1), ''), '')
  from (select q.property_id from public.lead_sync_queue q limit 1) p
  cross join lead_sync_private.next_ready_property('00000000-0000-0000-0000-000000000000') r
  cross join lead_sync_private.take_due(p.property_id, r.priority, r.seq, p_before, now(), p_busy,
    array(select format('%s0000000-0000-4000-8000-000000000000', t)::uuid
      from regexp_split_to_table(nullif(p_taken, ''), '') as t), p_limit) d
$$;

-- happy path
select is(pg_temp.due(10), '21643', 'by priority and arrival, then the retries by their time');
select is(pg_temp.due(2), '21', 'no more than the limit');
select is(pg_temp.due(4), '2164', 'over both');
select is(pg_temp.due(10, '24'), '163', 'without those that were taken');
select is(pg_temp.due(10, p_before => now() + interval '1 hour'), '2143',
  'what was queued later is not due');
select is(pg_temp.due(0), '', 'none when there is no room');
select is(pg_temp.due(10, p_busy => array[gen_random_uuid()]), '21643',
  'what has no conversation is not behind one that is busy');
select is(count(*), 0::bigint, 'nothing of another property')
from lead_sync_private.take_due(gen_random_uuid(), 2, 0, 'infinity', now(), '{}', '{}', 10);

-- where it begins
create function pg_temp.from_on(p_priority integer, p_n text) returns text
language sql
as $$
  select coalesce(string_agg(left(d.id::text, 1), ''), '')
  from public.lead_sync_queue q
  cross join lead_sync_private.take_due(q.property_id, p_priority, q.seq, 'infinity', now(),
    '{}', '{}', 10) d
  where left(q.id::text, 1) = p_n
$$;
select is(pg_temp.from_on(3, '3'), '1643', 'of the first''s priority nothing that came before it');
select is(pg_temp.from_on(2, '6'), '643', 'and nothing above that, but all below');
update public.lead_sync_queue set priority = null where left(id::text, 1) = '1';
select is(pg_temp.due(10, p_busy => array[gen_random_uuid()]), '12643',
  'a row without a priority comes first');
select is(pg_temp.due(1), '1', 'and counts for the limit');
select is(pg_temp.due(10, p_before => now() + interval '1 hour'), '1243',
  'what was queued later is not due then either');
select is(count(*), 2::bigint, 'without a first one there are only retries')
from (select q.property_id from public.lead_sync_queue q limit 1) p
cross join lead_sync_private.take_due(p.property_id, null, null, 'infinity', now(), '{}', '{}', 10);

-- busy conversations
select pg_temp.given_lead() as lead \gset
select is(count(*), 1::bigint, 'an item of a conversation')
from lead_sync_private.take_due(pg_temp.property_of(:'lead'), 2, 0, 'infinity', now(), '{}', '{}', 10);
select is(count(*), 0::bigint, 'waits while that is busy')
from lead_sync_private.take_due(pg_temp.property_of(:'lead'), 2, 0, 'infinity', now(),
  array[:'lead']::uuid[], '{}', 10);
select is(d.status, 'pending', 'nothing is written')
from lead_sync_private.take_due(pg_temp.property_of(:'lead'), 2, 0, 'infinity', now(), '{}', '{}', 10) d;

select * from finish();
rollback;
