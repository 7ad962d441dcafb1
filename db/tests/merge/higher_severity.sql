-- higher_severity: the higher of two.
begin;
select plan(17);
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.higher_severity'), 'text | immutable | - | -',
  'no role may call it');

-- happy path: all that there are
select is(lead_sync_private.higher_severity(a.name, b.name),
  case when a.rank > b.rank then a.name else b.name end, format('%s and %s', a.name, b.name))
from (values ('low', 1), ('medium', 2), ('high', 3), ('critical', 4)) as a(name, rank),
  (values ('low', 1), ('medium', 2), ('high', 3), ('critical', 4)) as b(name, rank);

select * from finish();
rollback;
