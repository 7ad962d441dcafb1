-- with_tour: a lead with the tour that its events tell of.
begin;
select plan(7);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.with_tour'), 'jsonb | stable | - | -',
  'no role may call it');

-- Two appointments, the one sent last before the other.
select pg_temp.given_lead() as lead, '{"lead_id": "R1", "events": [
  {"type": "Appointment", "at": "2026-01-02T10:00:00Z", "key": "0000000a"},
  {"type": "Appointment", "at": "2026-01-03T10:00:00Z", "key": "0000000b"}]}' as shown \gset
insert into lead_sync_private.lead_event (conversation_id, key, event_type, sent_at)
values (:'lead', '0000000a', 'Appointment', '2026-01-01'),
  (:'lead', '0000000b', 'Appointment', '2025-12-31');

-- happy path
select is(lead_sync_private.with_tour(:'lead', :'shown'),
  :'shown'::jsonb || '{"tour_at": "2026-01-02T10:00:00Z"}', 'the one sent last, all else kept');
select is(lead_sync_private.with_tour(null, :'shown') ->> 'tour_at', '2026-01-03T10:00:00Z',
  'the latest where nothing was sent');
select is(lead_sync_private.with_tour(:'lead', :'shown', '{"events": [{"key": "0000000b"}]}')
  ->> 'tour_at', '2026-01-03T10:00:00Z', 'that of a save whose answer was lost before all');

-- edges
select is(lead_sync_private.with_tour(:'lead', '{"events": []}') -> 'tour_at', 'null',
  'events without a tour say that there is none');
select is(lead_sync_private.with_tour(:'lead', lead), lead, 'without events nothing is said')
from unnest(array['{"lead_id": "R1", "tour_at": "2026-01-05T10:00:00Z"}',
  '{"events": null}']::jsonb[]) as lead;

select * from finish();
rollback;
