-- kept_state: what a new attempt must not forget.
begin;
select plan(7);
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.kept_state'), 'jsonb | immutable | - | -',
  'no role may call it');

-- happy path and edges
select is(lead_sync_private.kept_state(state), kept, state::text)
from (values
  ('{"sent": {"pushed": ["name"]}, "lead_id": "L1", "failures": 3, "owed": true, "step": "save",
     "read": {}, "issued_at": "now"}'::jsonb, '{"sent": {"pushed": ["name"]},
       "lead_id": "L1"}'::jsonb),
  ('{"lead_id": "L1"}', '{"lead_id": "L1"}'),
  ('{"sent": null}', '{"sent": null}'),
  ('{"failures": 1}', '{}'),
  ('{}', '{}')) as v(state, kept);
select is(lead_sync_private.kept_state(null), '{}', 'of nothing, nothing');

select * from finish();
rollback;
