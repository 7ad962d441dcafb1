-- unite_values: both sides of a group in one.
begin;
select plan(19);
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.unite_values'), 'jsonb | immutable | - | -',
  'no role may call it');

select is(lead_sync_private.unite_values(d, r), expected, format('%s and %s', d, r))
from (values
  -- happy path: comments
  ('{"comment": "a"}'::jsonb, '{"comment": "b"}'::jsonb, '{"comment": "a\nb"}'::jsonb),
  ('{"comment": "abc"}', '{"comment": "ab"}', '{"comment": "abc"}'),
  ('{"comment": "ab"}', '{"comment": "abc"}', '{"comment": "abc"}'),
  ('{"comment": "a"}', '{"comment": "a"}', '{"comment": "a"}'),
  -- pets: of a kind the greater number, whichever side has it
  ('{"pets": [{"type": "cat", "count": 1}]}', '{"pets": [{"type": "dog", "count": 1}]}',
   '{"pets": [{"type": "cat", "count": 1}, {"type": "dog", "count": 1}]}'),
  ('{"pets": [{"type": "cat", "count": 10}]}', '{"pets": [{"type": "cat", "count": 9}]}',
   '{"pets": [{"type": "cat", "count": 10}]}'),
  ('{"pets": [{"type": "cat", "count": 9}]}', '{"pets": [{"type": "cat", "count": 10}]}',
   '{"pets": [{"type": "cat", "count": 10}]}'),
  ('{"pets": [{"type": "cat", "count": "many"}]}', '{"pets": [{"type": "cat", "count": 1}]}',
   '{"pets": [{"type": "cat", "count": 1}]}'),
  ('{"pets": ["x", "y"]}', '{"pets": ["y", "z"]}', '{"pets": ["x", "y", "z"]}'),
  -- edges: blanks
  ('{"a": "x"}', '{"a": null}', '{"a": "x"}'), ('{"a": null}', '{"a": "y"}', '{"a": "y"}'),
  ('{"a": "x"}', '{}', '{"a": "x"}'), ('{}', '{"a": "y"}', '{"a": "y"}'),
  ('{"a": null}', '{}', '{"a": null}'), ('{}', '{}', '{}'),
  ('{"a": "x", "b": null}', '{"a": null, "b": "y"}', '{"a": "x", "b": "y"}'),
  -- errors: nothing combines them
  ('{"a": "x"}', '{"a": "y"}', null),
  ('{"pets": [1]}', '{"pets": "y"}', null)) as v(d, r, expected);

select * from finish();
rollback;
