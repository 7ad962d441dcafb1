-- due_retry_properties: the properties with a retry that is due.
begin;
select plan(5);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.due_retry_properties'),
  'uuid[] | stable | enable_bitmapscan=off enable_hashjoin=off enable_mergejoin=off '
  'enable_seqscan=off enable_sort=off jit=off | -', 'no role may call it, plan pinned');

create function pg_temp.nth(p_n integer) returns uuid
language sql
as $$
  select format('%s0000000-0000-4000-8000-000000000000', p_n)::uuid
$$;
create function pg_temp.given_retries(p_n integer, p_at timestamptz, p_count integer default 1)
returns void
language sql
as $$
  insert into public.lead_sync_queue (property_id, sync_operation, sync_data, next_retry_at)
  select pg_temp.nth(p_n), 'pull', '{}', p_at from generate_series(1, p_count)
$$;
create function pg_temp.due() returns text
language sql
as $$
  select coalesce(string_agg(left(p.id::text, 1), '' order by p.n), '')
  from unnest(lead_sync_private.due_retry_properties(now())) with ordinality as p(id, n)
$$;

-- edges: nothing
select is(pg_temp.due(), '', 'an empty queue');

-- happy path
select pg_temp.given_retries(3, now(), 3), pg_temp.given_retries(1, now() - interval '1 hour'),
  pg_temp.given_retries(2, now() + interval '1 us'), pg_temp.given_retries(4, null);
select is(pg_temp.due(), '13', 'each once, in order; not what is due later or at once');

-- very much is due: by properties then, with the same answer
select pg_temp.given_retries(5, now() - interval '1 day', 300);
select is(pg_temp.due(), '135', 'however much');
update public.lead_sync_queue set status = 'failed'
where property_id in (pg_temp.nth(1), pg_temp.nth(3));
select is(pg_temp.due(), '5', 'what has ended is not due');

select * from finish();
rollback;
