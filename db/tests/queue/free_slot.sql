-- free_slot: the first place that is not taken.
begin;
select plan(6);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.free_slot'), 'bigint | immutable | - | -',
  'no role may call it');

-- happy path
select is(lead_sync_private.free_slot('{[1,3),[4,6)}', w.at), w.free::bigint, 'from place ' || w.at)
from (values (0, 0), (1, 3), (2, 3), (3, 3), (5, 6)) as w(at, free);

select * from finish();
rollback;
