-- retry_delay: exponential from a second, capped at a quarter of an hour, with full jitter.
begin;
select plan(11);
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.retry_delay'), 'interval | volatile | - | -',
  'no role may call it');

-- The bounds of two thousand drawn under a fixed seed, as shares of the cap.
create function pg_temp.draw(p_failures integer, p_cap interval)
returns table (inside boolean, reaches boolean, low boolean)
language sql
as $$
  select setseed(0.5);
  select min(d) >= interval '0' and max(d) < p_cap, max(d) > p_cap * 0.99, min(d) < p_cap * 0.01
  from (select lead_sync_private.retry_delay(p_failures) as d
    from generate_series(1, 2000)) as drawn
$$;

-- happy path and edges
select results_eq(format('select * from pg_temp.draw(%L, %L)', n, cap),
  'values (true, true, true)',
  format('after %s failures up to %s', coalesce(n::text, 'unknown'), cap))
from (values (1, interval '1 s'), (2, '2 s'), (3, '4 s'), (10, '512 s'), (11, '900 s'),
  (21, '900 s'), (2000000000, '900 s'), (0, '1 s'), (-5, '1 s'), (null, '1 s')) as v(n, cap);

select * from finish();
rollback;
