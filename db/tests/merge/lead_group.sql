-- lead_group: the observed fields of one group, normalised.
begin;
select plan(11);
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.lead_group'), 'jsonb | stable | - | -',
  'no role may call it');

-- happy path and edges
select is(lead_sync_private.lead_group(document, grp, country), expected,
  format('%s of %s', grp, document))
from (values
  ('{"first_name": " Ann ", "last_name": "Lee", "email": "A"}'::jsonb, 'name', '1',
   '{"first_name": "Ann", "last_name": "Lee"}'::jsonb),
  ('{"first_name": "Ann"}', 'name', '1', '{"first_name": "Ann"}'),
  ('{"first_name": " ", "last_name": null}', 'name', '1',
   '{"first_name": null, "last_name": null}'),
  ('{"email": " ANN@Example.com"}', 'email', '1', '{"email": "ann@example.com"}'),
  ('{"phone": "020 7946 0018"}', 'phone', '44', '{"phone": "+442079460018"}'),
  ('{"phone": "303 555 0101"}', 'phone', '1', '{"phone": "+13035550101"}'),
  ('{"rent_min": "1000.00", "rent_max": null}', 'rent', '1', '{"rent_min": 1000,
    "rent_max": null}'),
  ('{"email": "a"}', 'phone', '1', '{}'),
  ('{"email": "a"}', 'unheard', '1', '{}'),
  (null, 'name', '1', '{}')) as v(document, grp, country, expected);

select * from finish();
rollback;
