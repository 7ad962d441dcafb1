-- normalise_group: the observed fields of one group, normalised.
begin;
select plan(14);
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.normalise_group'), 'jsonb | immutable | - | -',
  'no role may call it');

-- A group's fields are those of the rules.
create function pg_temp.group_of(p_document jsonb, p_group text, p_country text) returns jsonb
language sql
as $$
  select lead_sync_private.normalise_group(g -> 'fields', p_document, p_country)
  from jsonb_array_elements(lead_sync_private.merge_rules(null) -> 'groups') as g
  where g ->> 'name' = p_group
$$;

-- happy path and edges
select is(pg_temp.group_of(document, grp, country), expected, format('%s of %s', grp, document))
from (values
  ('{"first_name": " Ann ", "last_name": "Lee", "email": "A"}'::jsonb, 'name', '1',
   '{"first_name": "Ann", "last_name": "Lee"}'::jsonb),
  ('{"first_name": "Ann"}', 'name', '1', '{"first_name": "Ann"}'),
  ('{"first_name": " ", "last_name": null}', 'name', '1',
   '{"first_name": null, "last_name": null}'),
  ('{"email": " ANN@Example.com"}', 'email', '1', '{"email": "ann@example.com"}'),
  ('{"phone": "020 7946 0018"}', 'phone', '44', '{"phone": "+442079460018"}'),
  ('{"phone": "303 555 0101"}', 'phone', '1', '{"phone": "+13035550101"}'),
  ('{"rent_min": "1000.00", "rent_max": null}', 'rent', '1',
   '{"rent_min": 1000, "rent_max": null}'),
  ('{"email": "a"}', 'phone', '1', '{}'),
  (null, 'name', '1', '{}')) as v(document, grp, country, expected);
select is(lead_sync_private.normalise_group('[]', '{"email": "a"}', '1'), '{}',
  'a group without fields is empty');

-- effects: the steps that are named
select is(lead_sync_private.normalise_group(
    '[{"field": "email", "steps": ["trim"], "base_steps": ["trim", "lower"]}]',
    '{"email": " ANN "}', '1', which), expected, 'by ' || which)
from (values ('steps', '{"email": "ANN"}'::jsonb), ('base_steps', '{"email": "ann"}'),
  ('none', '{"email": " ANN "}')) as v(which, expected);

select * from finish();
rollback;
