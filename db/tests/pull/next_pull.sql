-- next_pull: when a property's next pull is due.
begin;
select plan(10);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/pull.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.next_pull'),
  'timestamp with time zone | stable | - | -', 'no role may call it');

select pg_temp.given_pulling() as property \gset
create function pg_temp.next(p_property uuid, p_frequency text,
  p_now timestamptz default '2026-01-01T10:20:30Z') returns timestamptz
language sql
as $$ select lead_sync_private.next_pull(p_property, p_frequency, p_now) $$;

-- happy path
select is(pg_temp.next(:'property', 'hourly'), '2026-01-01T11:00:00Z', 'the next hour');
select is(pg_temp.next(:'property', 'hourly', '2026-01-01T11:00:00Z'), '2026-01-01T12:00:00Z',
  'never at once');
select pg_temp.given_setting(:'property', 'time_zone', '"America/Denver"');
select is(pg_temp.next(:'property', 'daily'), '2026-01-02T07:00:00Z',
  'the property''s own midnight');
select ok(n > s.t and n <= s.t + interval '60 s', 'within the interval, at second ' || s.i)
from generate_series(0, 40, 20) as g(i)
cross join lateral (select g.i, '2026-01-01T10:20:00Z'::timestamptz + g.i * interval '1 s' as t)
  as s
cross join lateral pg_temp.next(:'property', 'real_time', s.t) as n;
select is(pg_temp.next(:'property', 'real_time', n), n + interval '60 s',
  'always at the same place of it')
from pg_temp.next(:'property', 'real_time') as n;
select is(count(distinct pg_temp.next(gen_random_uuid(), 'real_time')) > 10, true,
  'properties are spread')
from generate_series(1, 60);
select pg_temp.given_setting(:'property', 'pull_interval', '3600');
select is(pg_temp.next(:'property', 'real_time', n), n + interval '1 hour',
  'a property''s own interval')
from pg_temp.next(:'property', 'real_time') as n;

select * from finish();
rollback;
