-- further_status: which side's status is further on the ladder.
begin;
select plan(14);
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.further_status'), 'text | immutable | - | -',
  'no role may call it');

-- happy path
select is(lead_sync_private.further_status(d, r), expected, format('%s and %s', d, r))
from (values ('prospect', 'lost', 'resman'), ('lost', 'prospect', 'domiq'),
  ('lost', 'applicant', 'resman'), ('applicant', 'lost', 'domiq'),
  ('applicant', 'current_resident', 'resman'), ('current_resident', 'applicant', 'domiq'),
  ('prospect', 'current_resident', 'resman'),
  -- edges
  ('lost', 'lost', null), ('Prospect', 'lost', null), ('former', 'lost', null),
  ('lost', 'former', null), (null, 'lost', null), ('lost', null, null)) as v(d, r, expected);

select * from finish();
rollback;
