-- read_decision: a value that a person gives, as both sides are to hold it.
begin;
select plan(29);
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.read_decision'), 'jsonb | stable | - | -',
  'no role may call it');

-- A value given for a group, on which the sides hold these.
create function pg_temp.decided(p_group text, p_value jsonb, p_domiq jsonb default '{}',
  p_resman jsonb default '{}') returns jsonb
language sql
as $$
  select lead_sync_private.read_decision(jsonb_build_object('country', '44', 'domiq', p_domiq,
    'resman', p_resman, 'group', jsonb_path_query_first(lead_sync_private.merge_rules(null),
      '$.groups[*] ? (@.name == $n)', jsonb_build_object('n', p_group))), p_value)
$$;

-- happy path
select is(pg_temp.decided(name, given), read, format('%s: %s', name, given))
from (values
  ('email', '{"email": " A@Example.com"}'::jsonb, '{"email": "a@example.com"}'::jsonb),
  ('email', '" A@Example.com"', '{"email": "a@example.com"}'),
  ('email', 'null', '{"email": null}'), ('email', '{"email": null}', '{"email": null}'),
  ('phone', '"020 7946 0018"', '{"phone": "+442079460018"}'),
  ('occupants', '2', '{"occupants": 2}'),
  ('status', '"Prospect"', '{"status": "prospect"}'), ('status', '"lost"', '{"status": "lost"}'),
  ('status', '"leased"', '{"status": "current_resident"}'),
  ('status', '"applicant"', '{"status": "applicant"}'),
  ('status', '"current_resident"', '{"status": "current_resident"}'),
  ('pets', '[{"type": "Dog"}]', '{"pets": [{"type": "dog"}]}'),
  ('rent', '{"rent_min": 900, "rent_max": null}', '{"rent_min": 900, "rent_max": null}')
) as v(name, given, read);

-- edges: what both sides agree on need not be said again
select is(pg_temp.decided('rent', '{"rent_max": 5}', d, r), read, format('%s and %s', d, r))
from (values
  ('{"rent_min": 1, "rent_max": 2}'::jsonb, '{"rent_min": 1, "rent_max": 3}'::jsonb,
   '{"rent_min": 1, "rent_max": 5}'::jsonb),
  ('{"rent_min": null}', '{}', '{"rent_min": null, "rent_max": 5}'),
  ('{}', '{"rent_min": null}', '{"rent_min": null, "rent_max": 5}'),
  ('{}', '{}', '{"rent_min": null, "rent_max": 5}')) as v(d, r, read);

-- errors
select throws_ok(format('select pg_temp.decided(%L, %L, %L)', name, given,
    '{"rent_min": 1, "rent_max": 2, "first_name": "A"}'), 'LS001', message,
  format('refused for %s: %s', name, given))
from (values
  ('rent', '5', 'value is not an object'), ('rent', 'null', 'value is not an object'),
  ('rent', '[1]', 'value is not an object'), ('rent', '{}', 'value lacks rent_max'),
  ('rent', '{"rent_max": 5}', 'value lacks rent_min'),
  ('rent', '{"rent_min": 1, "rent_max": 5, "email": "a"}', 'value names a field of another group'),
  ('email', '{"mail": "a"}', 'value names a field of another group'),
  ('rent', '{"rent_min": 1, "rent_max": "much"}', 'rent_max is not a number'),
  ('move_in_date', '"soon"', 'move_in_date is not a date'),
  ('status', '"gone"', 'status is none of prospect, lost, applicant, current_resident')
) as v(name, given, message);
select throws_ok($$select pg_temp.decided('rent', '{"rent_max": 5}', '{"rent_min": 1}',
  '{"rent_min": 2}')$$, 'LS001', 'value lacks rent_min', 'what they do not agree on must be said');

select * from finish();
rollback;
