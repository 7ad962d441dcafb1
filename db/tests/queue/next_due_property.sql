-- next_due_property: one index probe to the next property with pending items.
begin;
select plan(9);
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.next_due_property'),
  'uuid | stable | enable_bitmapscan=off enable_seqscan=off enable_sort=off jit=off | -',
  'no role may call it, plan pinned');

create function pg_temp.next(p_after integer) returns text
language sql
as $$
  select left(lead_sync_private.next_due_property(
    format('%s0000000-0000-4000-8000-000000000000', p_after)::uuid)::text, 1)
$$;

-- edges
select is(pg_temp.next(0), null, 'an empty queue has none');

-- happy path
insert into public.lead_sync_queue (property_id, sync_operation, sync_data, next_retry_at,
  status)
select format('%s0000000-0000-4000-8000-000000000000', n)::uuid, 'pull', '{}', at, status
from (values (3, null::timestamptz, 'pending'), (2, '2030-01-01', 'pending'),
  (4, '2020-01-01', 'pending'), (1, null, 'completed'), (5, null, 'processing'),
  (6, '2020-01-01', 'failed'), (2, '2031-01-01', 'pending'), (3, null, 'pending'))
  as v(n, at, status);
select is(pg_temp.next(0), '2', 'the first, due or not, but not what has ended');
select is(pg_temp.next(2), '3', 'strictly after');
select is(pg_temp.next(3), '4', 'whichever kind comes next');
select is(pg_temp.next(4), null, 'none after the last');
select is(lead_sync_private.next_due_property(null), null, 'nor after null');
delete from public.lead_sync_queue where next_retry_at is not null;
select is(pg_temp.next(0), '3', 'where nothing backs off');
update public.lead_sync_queue set next_retry_at = now();
select is(pg_temp.next(0), '3', 'where everything does');

select * from finish();
rollback;
