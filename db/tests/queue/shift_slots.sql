-- shift_slots: taken places, counted from a later one on.
begin;
select plan(6);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.shift_slots'), 'int8multirange | immutable | - | -',
  'no role may call it');

-- happy path
select is(lead_sync_private.shift_slots('{[1,3),[4,6)}', w.by), w.left::int8multirange,
  'by ' || w.by)
from (values (0, '{[1,3),[4,6)}'), (1, '{[0,2),[3,5)}'), (2, '{[0,1),[2,4)}'), (3, '{[1,3)}'),
  (6, '{}')) as w(by, "left");

select * from finish();
rollback;
