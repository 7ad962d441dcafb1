-- compare_group: what is to be done about a group, from both sides and both bases.
begin;
select plan(41);
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.compare_group'), 'text | immutable | - | -',
  'no role may call it');

create function pg_temp.compared(p_d jsonb, p_r jsonb, p_db jsonb, p_rb jsonb) returns text
language sql as $$ select lead_sync_private.compare_group(p_d, p_r, p_db, p_rb) $$;

-- happy path: with both bases, who changed
select is(pg_temp.compared(d, r, db, rb), expected,
  format('%s and %s on %s and %s', d, r, db, rb))
from (values
  ('{"a": "o"}'::jsonb, '{"a": "o"}'::jsonb, '{"a": "o"}'::jsonb, '{"a": "o"}'::jsonb, 'in_sync'),
  ('{"a": "x"}', '{"a": "o"}', '{"a": "o"}', '{"a": "o"}', 'push'),
  ('{"a": "o"}', '{"a": "x"}', '{"a": "o"}', '{"a": "o"}', 'pull'),
  ('{"a": "x"}', '{"a": "y"}', '{"a": "o"}', '{"a": "o"}', 'conflict'),
  ('{"a": "x"}', '{"a": "x"}', '{"a": "o"}', '{"a": "o"}', 'converged'),
  ('{"a": null}', '{"a": "o"}', '{"a": "o"}', '{"a": "o"}', 'push'),
  ('{"a": "o"}', '{"a": null}', '{"a": "o"}', '{"a": "o"}', 'pull'),
  ('{"a": null}', '{"a": null}', '{"a": "o"}', '{"a": "o"}', 'converged'),
  -- the sides may agree to differ
  ('{"a": "o"}', '{"a": "p"}', '{"a": "o"}', '{"a": "p"}', 'in_sync'),
  ('{"a": "x"}', '{"a": "p"}', '{"a": "o"}', '{"a": "p"}', 'push'),
  ('{"a": "o"}', '{"a": "x"}', '{"a": "o"}', '{"a": "p"}', 'pull'),
  ('{"a": "p"}', '{"a": "p"}', '{"a": "o"}', '{"a": "p"}', 'converged'),
  ('{"a": "o"}', '{"a": "o"}', '{"a": "o"}', '{"a": "p"}', 'converged'),
  -- what was not observed is as it was
  ('{}', '{}', '{"a": "o"}', '{"a": "o"}', 'in_sync'),
  ('{}', '{"a": "x"}', '{"a": "o"}', '{"a": "o"}', 'pull'),
  ('{"a": "x"}', '{}', '{"a": "o"}', '{"a": "o"}', 'push'),
  -- a blank is the same as no value
  ('{"a": "o"}', '{"a": "o", "b": null}', '{"a": "o", "b": null}', '{"a": "o"}', 'in_sync'),
  ('{"a": "x"}', '{"a": "o", "b": null}', '{"a": "o", "b": null}', '{"a": "o"}', 'push'),
  ('{"a": "o", "b": null}', '{"a": "x"}', '{"a": "o"}', '{"a": "o", "b": null}', 'pull'),
  -- one field of a group is enough
  ('{"a": "o", "b": "x"}', '{"a": "y", "b": "o"}', '{"a": "o", "b": "o"}',
   '{"a": "o", "b": "o"}', 'conflict')
) as v(d, r, db, rb, expected);

-- edges: without a base
select is(pg_temp.compared(d, r, '{}', '{}'), expected, format('%s and %s without base', d, r))
from (values
  ('{}'::jsonb, '{}'::jsonb, 'skip'), ('{}', '{"a": null}', 'skip'),
  ('{"a": null}', '{}', 'converged'), ('{"a": "x"}', '{"a": "x"}', 'converged'),
  ('{"a": "x"}', '{"a": "y"}', 'conflict'), ('{"a": "x"}', '{"a": null}', 'push'),
  ('{"a": "x"}', '{}', 'push'), ('{"a": null}', '{"a": "x"}', 'pull'),
  ('{}', '{"a": "x"}', 'pull'),
  ('{"a": [1]}', '{"a": []}', 'push'), ('{"a": []}', '{"a": [1]}', 'conflict'),
  ('{"a": "x", "b": "y"}', '{"a": null, "b": "y"}', 'push'),
  ('{"a": null, "b": "y"}', '{"a": "x", "b": "y"}', 'pull'),
  ('{"a": "x", "b": null}', '{"a": null, "b": "y"}', 'conflict')) as v(d, r, expected);

-- edges: on half a base nothing is written that was not observed
select is(pg_temp.compared(d, r, db, rb), expected,
  format('%s and %s on half a base, %s and %s', d, r, db, rb))
from (values
  ('{}'::jsonb, '{"a": "y"}'::jsonb, '{"a": "o"}'::jsonb, '{}'::jsonb, 'skip'),
  ('{"a": "x"}', '{}', '{}', '{"a": "o"}', 'skip'),
  ('{}', '{"a": null}', '{"a": "o"}', '{}', 'skip'),
  ('{"a": null}', '{}', '{}', '{"a": "o"}', 'skip'),
  ('{"a": "o"}', '{"a": "y"}', '{"a": "o"}', '{}', 'conflict'),
  ('{"a": "o"}', '{"a": "o"}', '{"a": "o"}', '{}', 'converged')) as v(d, r, db, rb, expected);

select * from finish();
rollback;
