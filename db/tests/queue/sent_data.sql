-- sent_data: what the log keeps of an attempt.
begin;
select plan(7);
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.sent_data'), 'jsonb | immutable | - | -',
  'no role may call it');

-- happy path and edges
select is(lead_sync_private.sent_data(state), kept, state::text)
from (values
  ('{"step": "save", "asking": {"call": "save_lead"}, "sent": {"pushed": ["name"],
     "suppressed": ["email"], "lead_id": "L1"}, "email": {}, "failures": 1}'::jsonb,
   '{"step": "save", "request": {"call": "save_lead"}, "pushed": ["name"],
     "suppressed": ["email"]}'::jsonb),
  ('{"step": "read", "asking": {"call": "search_leads"}}',
   '{"step": "read", "request": {"call": "search_leads"}}'),
  ('{"asking": {"call": "search_leads"}}', '{}'),
  ('{"sent": {"pushed": [], "suppressed": []}}', '{"pushed": []}'),
  ('{}', '{}'), (null, '{}')) as v(state, kept);

select * from finish();
rollback;
