-- without_answers: what was learned for one save goes, the rest stays.
begin;
select plan(4);
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.without_answers'), 'jsonb | immutable | - | -',
  'no role may call it');

-- happy path and edges
select is(lead_sync_private.without_answers('{"read": {}, "email": {}, "phone": {},
  "source": true, "agent": true, "lost_reason": true, "create_with": {},
  "sent": {"email": 1}, "lead_id": "L1", "failures": 2, "step": "save"}'),
  '{"sent": {"email": 1}, "lead_id": "L1", "failures": 2, "step": "save"}',
  'each of them, and nothing else');
select is(lead_sync_private.without_answers('{}'), '{}', 'of nothing, nothing');
select is(lead_sync_private.without_answers(null), null, 'null stays null');

select * from finish();
rollback;
