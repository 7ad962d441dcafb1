-- next_ready_property: the next property with items due at once.
begin;
select plan(8);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.next_ready_property'),
  'record | stable | enable_bitmapscan=off enable_incremental_sort=off '
  'enable_seqscan=off enable_sort=off jit=off | -',
  'no role may call it, plan pinned');

create function pg_temp.nth(p_n integer) returns uuid
language sql
as $$
  select format('%s0000000-0000-4000-8000-000000000000', p_n)::uuid
$$;
select pg_temp.given_property(p_values => jsonb_build_object('id', pg_temp.nth(n)))
from generate_series(1, 4) as n;
insert into public.lead_sync_queue (property_id, sync_operation, sync_data, next_retry_at)
select pg_temp.nth(n), 'pull', '{}', case n when 2 then now() end
from generate_series(1, 3) as n, generate_series(1, 5);
create function pg_temp.next_after(p_after uuid) returns uuid
language sql
as $$
  select r.property_id from lead_sync_private.next_ready_property(p_after) r
$$;

-- happy path
select is(pg_temp.next_after(pg_temp.nth(0)), pg_temp.nth(1), 'the first');
select is(pg_temp.next_after(pg_temp.nth(1)), pg_temp.nth(3),
  'the next; what waits for a time is not ready');
select is(pg_temp.next_after('15000000-0000-4000-8000-000000000000'),
  pg_temp.nth(3), 'after an id between two');
select is(pg_temp.next_after(pg_temp.nth(3)), null, 'none after the last');
update public.lead_sync_queue q set priority = 3
where q.property_id = pg_temp.nth(3)
  and q.seq = (select max(o.seq) from public.lead_sync_queue o where o.property_id = pg_temp.nth(3));
select is(concat_ws(' ', q.priority, r.priority, r.seq = q.seq), '3 3 t',
  'with the place of its first item, and where that stands')
from lead_sync_private.next_ready_property(pg_temp.nth(1)) r
join public.lead_sync_queue q on q.ctid = r.place;

-- edges
update public.lead_sync_queue set status = 'processing' where property_id = pg_temp.nth(1);
select is(pg_temp.next_after(pg_temp.nth(0)), pg_temp.nth(3),
  'what is in flight is not ready');
delete from public.lead_sync_queue;
select is(pg_temp.next_after(pg_temp.nth(0)), null, 'an empty queue');

select * from finish();
rollback;
