-- trim_response: what the log keeps of an answer.
begin;
select plan(9);
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.trim_response'), 'jsonb | immutable | - | -',
  'no role may call it');

-- happy path and edges
select is(lead_sync_private.trim_response(response), kept, coalesce(response::text, 'null'))
from (values
  ('{"outcome": "ok", "leads": [1, 2, 3, 4, 5, 6, 7], "elapsed_ms": 5}'::jsonb,
   '{"outcome": "ok", "leads": [1, 2, 3, 4, 5], "elapsed_ms": 5}'::jsonb),
  ('{"outcome": "ok", "leads": [5, 4, 3, 2, 1]}', '{"outcome": "ok", "leads": [5, 4, 3, 2,
    1]}'),
  ('{"outcome": "ok", "leads": []}', '{"outcome": "ok", "leads": []}'),
  ('{"outcome": "ok", "items": [1, 2]}', '{"outcome": "ok"}'),
  ('{"outcome": "ok", "items": [1], "leads": [1]}', '{"outcome": "ok", "leads": [1]}'),
  ('{"outcome": "failed", "kind": "rejected"}', '{"outcome": "failed", "kind": "rejected"}'),
  ('{"outcome": "ok", "leads": "none"}', '{"outcome": "ok", "leads": "none"}'),
  (null, null)) as v(response, kept);

select * from finish();
rollback;
