-- find_due_properties: the next properties in turn that may be claimed for.
begin;
select plan(18);
\i db/tests/support/fixtures.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.find_due_properties'),
  'SETOF uuid | stable | enable_bitmapscan=off enable_hashjoin=off enable_mergejoin=off '
  'enable_seqscan=off enable_sort=off jit=off | -', 'no role may call it, plan pinned');

-- Properties 1 to 4, in the order of their ids; 1 to 3 have something pending.
create function pg_temp.nth(p_n integer) returns uuid
language sql
as $$
  select format('%s0000000-0000-4000-8000-000000000000', p_n)::uuid
$$;
select pg_temp.given_property(p_values => jsonb_build_object('id', pg_temp.nth(n)))
from generate_series(1, 4) as n;
select pg_temp.given_integration(pg_temp.nth(n)) from generate_series(1, 4) as n;
insert into public.lead_sync_queue (property_id, sync_operation, sync_data, next_retry_at)
select pg_temp.nth(n), 'pull', '{}', case n when 2 then now() end
from generate_series(1, 3) as n, generate_series(1, 5);
create function pg_temp.turn(p_start uuid, p_count integer default 10) returns text
language sql
as $$
  select coalesce(string_agg(left(p.id::text, 1), '' order by p.n), '')
  from lead_sync_private.find_due_properties(p_start, p_count) with ordinality as p(id, n)
$$;

-- happy path
select is(pg_temp.turn(pg_temp.nth(0)), '123', 'those that have something pending');
select is(pg_temp.turn(pg_temp.nth(1)), '231', 'the next first, and round again');
select is(pg_temp.turn(pg_temp.nth(2)), '312', 'to the one it began with');
select is(pg_temp.turn(pg_temp.nth(3)), '123', 'after the last the first');
select is(pg_temp.turn('15000000-0000-4000-8000-000000000000'), '231',
  'a start between two is between two');
select is(pg_temp.turn('ffffffff-ffff-ffff-ffff-ffffffffffff'), '123', 'or behind all');
select is(pg_temp.turn(pg_temp.nth(1), 2), '23', 'no more than asked for');
select is(pg_temp.turn(pg_temp.nth(1), 0), '', 'nor when that is none');

-- edges
update public.lead_sync_queue set next_retry_at = now() + interval '1 hour'
where property_id = pg_temp.nth(2);
select is(pg_temp.turn(pg_temp.nth(0), 2), '13', 'one that backs off takes no turn');
update public.lead_sync_queue set next_retry_at = null
where ctid = (select q.ctid from public.lead_sync_queue q
  where q.property_id = pg_temp.nth(2) limit 1);
select is(pg_temp.turn(pg_temp.nth(0), 2), '12', 'unless something of it is due');
update public.resman_integration set sync_status = s
from unnest(array['paused']) as s where property_id = pg_temp.nth(2);
select is(pg_temp.turn(pg_temp.nth(0)), '13', 'a paused one is passed over');
select is(pg_temp.turn(pg_temp.nth(0), 2), '13', 'and does not count');
update public.resman_integration set sync_enabled = false where property_id = pg_temp.nth(1);
select is(pg_temp.turn(pg_temp.nth(0)), '3', 'so is one that is switched off');
delete from public.resman_integration where property_id = pg_temp.nth(3);
select is(pg_temp.turn(pg_temp.nth(0)), '', 'and one without an integration');
update public.resman_integration set sync_status = 'active', sync_enabled = true;
update public.lead_sync_queue set status = 'completed' where property_id = pg_temp.nth(1);
select is(pg_temp.turn(pg_temp.nth(0)), '2', 'what has ended is not due');
delete from public.lead_sync_queue;
select is(pg_temp.turn(pg_temp.nth(0)), '', 'nothing is due in an empty queue');
insert into public.lead_sync_queue (property_id, sync_operation, sync_data)
values (pg_temp.nth(1), 'pull', '{}');
select is(pg_temp.turn(pg_temp.nth(1)), '1',
  'a lone one is found, though the turn begins at it');

select * from finish();
rollback;
