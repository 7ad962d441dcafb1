-- log_type: what an attempt did, in the log's words.
begin;
select plan(13);
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.log_type'), 'text | immutable | - | -',
  'no role may call it');

-- happy path and edges
select is(lead_sync_private.log_type(
  jsonb_populate_record(null::public.lead_sync_queue,
    jsonb_build_object('sync_operation', operation)), state::jsonb), expected,
  format('%s with %s', operation, state))
from (values
  ('push', '{}', 'update'),
  ('push', '{"sent": {"lead_id": null, "pushed": ["name"]}}', 'create'),
  ('push', '{"sent": {"pushed": ["name", "status"]}}', 'create'),
  ('push', '{"sent": {"lead_id": "L1", "pushed": ["name"]}}', 'update'),
  ('push', '{"sent": {"lead_id": "L1", "pushed": ["status"]}}', 'status_change'),
  ('push', '{"sent": {"lead_id": "L1", "pushed": ["tour"]}}', 'status_change'),
  ('push', '{"sent": {"lead_id": "L1", "pushed": ["status", "tour"]}}', 'update'),
  ('status_update', '{}', 'status_change'),
  ('status_update', '{"sent": {"lead_id": null, "pushed": ["name"]}}', 'status_change'),
  ('enrichment', '{"sent": {"lead_id": "L1", "pushed": ["status"]}}', 'enrichment'),
  ('merge', '{"sent": {"lead_id": null}}', 'merge'),
  ('pull', '{}', 'update')) as v(operation, state, expected);

select * from finish();
rollback;
