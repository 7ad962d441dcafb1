-- build_events: the events that a push sends with a lead.
begin;
select plan(30);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.build_events'),
  'jsonb | stable | enable_seqscan=off jit=off | -',
  'no role may call it');

select pg_temp.given_lead('{"created_at": "2026-01-01T10:00:00Z"}') as lead \gset
select pg_temp.property_of(:'lead') as property \gset
create function pg_temp.events(p_lead uuid, p_domiq jsonb, p_read jsonb, p_pushed jsonb,
  p_moved timestamptz default null) returns jsonb
language sql
as $$
  select lead_sync_private.build_events(q,
    jsonb_populate_record(null::public.lead_sync_mapping,
      jsonb_build_object('base_moved_at', p_moved)), p_domiq, p_read,
    jsonb_build_object('pushed', p_pushed))
  from pg_temp.item(p_lead) q
$$;
create function pg_temp.types(p_events jsonb) returns text
language sql
as $$
  select coalesce(string_agg(e ->> 'type', ' ' order by n), '')
  from jsonb_array_elements(p_events) with ordinality as x(e, n)
$$;
create function pg_temp.is_now(p_event jsonb) returns boolean
language sql
as $$
  select (p_event ->> 'at')::timestamptz between date_trunc('second',
    now()) and clock_timestamp()
$$;
select lead_sync_private.resolve_agent(:'property')::text as agent \gset

-- happy path: a create
select is(pg_temp.events(:'lead', '{}', null, '["name"]'), jsonb_build_array(jsonb_build_object(
  'type', 'Contact', 'first_contact', true, 'at', '2026-01-01T10:00:00Z', 'source_id', 'S1',
  'agent', :'agent'::jsonb, 'comment', 'Lead from the DomIQ chat',
  'key', lead_sync_private.hash_key('create', :'lead'))), 'the first contact');
select is(pg_temp.types(pg_temp.events(:'lead', '{"tour_at": "2027-01-01T10:00:00Z"}', null,
  '["name", "tour", "status"]')), 'Contact Appointment', 'and a tour');

-- happy path: nothing of these
select is(pg_temp.events(:'lead', '{"status": "lost"}', '{}', '["name", "rent"]'), '[]',
  'values alone need no event');

-- a tour
select pg_temp.events(:'lead', '{"tour_at": "2027-01-01T10:00:00Z"}', '{}',
  '["tour"]') as events
\gset
select is(:'events'::jsonb #- '{0,key}', jsonb_build_array(jsonb_build_object(
  'type', 'Appointment', 'at', '2027-01-01T10:00:00Z', 'agent', :'agent'::jsonb,
  'comment', 'Tour booked in the DomIQ chat')), 'an appointment');
select pg_temp.events(:'lead', '{"tour_at": "2027-01-02T10:00:00Z"}',
  '{"tour_at": "2027-01-01T10:00:00Z", "events": [{"type": "Appointment", "key": "aaaaaaaa"}]}',
  '["tour"]') as moved \gset
select is(pg_temp.types(:'moved'), 'Appointment Other', 'one that is moved');
select is(:'moved'::jsonb -> 1 ->> 'comment',
  'Tour moved: the appointment of 2027-01-01T10:00:00Z is void', 'says which is void');
select ok(pg_temp.is_now(:'moved'::jsonb -> 1), 'now');
select is(:'moved'::jsonb #> '{1,agent}', :'agent'::jsonb, 'by the agent');

-- lost and back
select is(pg_temp.events(:'lead', '{"status": "lost"}', '{}', '["status"]'), null,
  'without a reason nothing can be lost');
select lead_sync_private.store_lookup(:'property', 'lost_reason', '[{"id": "R1",
  "name": "Price"}]');
select pg_temp.events(:'lead', '{"status": "lost"}', '{}', '["status"]') as lost \gset
select is(:'lost'::jsonb #- '{0,at}' #- '{0,key}', jsonb_build_array(jsonb_build_object(
  'type', 'Cancel', 'agent', :'agent'::jsonb, 'source_id', 'R1',
  'comment', 'Marked lost in DomIQ')), 'with one it is');
select ok(pg_temp.is_now(:'lost'::jsonb -> 0), 'now');
select pg_temp.events(:'lead', '{"status": "contacted"}', '{}', '["status"]') as back \gset
select is(:'back'::jsonb #- '{0,at}' #- '{0,key}', jsonb_build_array(jsonb_build_object(
  'type', 'ReActivate', 'agent', :'agent'::jsonb, 'comment', 'Active again in DomIQ')),
  'and comes back');
select ok(pg_temp.is_now(:'back'::jsonb -> 0), 'now');
select is(pg_temp.types(pg_temp.events(:'lead', '{"status": "lost"}', null, '["status"]')),
  'Contact', 'what is just being created is not lost at once');
select is(pg_temp.types(pg_temp.events(:'lead', '{"status": "lost",
  "tour_at": "2027-01-01T10:00:00Z"}',
  '{"tour_at": "2027-01-02T10:00:00Z"}', '["status", "tour"]')), 'Appointment Other Cancel',
  'all at once');

-- edges: keys
create function pg_temp.key_of(p_events jsonb, p_n integer default 0) returns text
language sql
as $$
  select p_events #>> array[p_n::text, 'key']
$$;
select is(pg_temp.key_of(:'events'), lead_sync_private.hash_key('tour', :'lead',
  '2027-01-01T10:00:00Z', 'new', '0'), 'a tour''s key: which, and for how many there were');
select is(pg_temp.key_of(:'moved'), lead_sync_private.hash_key('tour', :'lead',
  '2027-01-02T10:00:00Z', 'new', '1'),
    'an appointment that has arrived makes the next another');
select is(pg_temp.key_of(:'moved', 1), lead_sync_private.hash_key('tour moved', :'lead',
  '2027-01-01T10:00:00Z', 'new', '1'), 'its notice''s key');
select is(pg_temp.key_of(:'lost'), lead_sync_private.hash_key('lost', :'lead', 'new'),
  'lost');
select is(pg_temp.key_of(:'back'), lead_sync_private.hash_key('reactivate', :'lead', 'new'),
  'back');
select is(pg_temp.key_of(pg_temp.events(:'lead', '{"status": "lost"}', '{}', '["status"]',
  '2026-05-01T00:00:00Z')), lead_sync_private.hash_key('lost', :'lead',
  timestamptz '2026-05-01T00:00:00Z'::text), 'once a save is acknowledged it is another event');

-- edges: what ResMan shows already
select is(pg_temp.events(:'lead', '{"status": "lost"}', jsonb_build_object('events',
  jsonb_build_array(jsonb_build_object('key', pg_temp.key_of(:'lost')))), '["status"]'), '[]',
  'what ResMan shows is not sent again');
select is(pg_temp.types(pg_temp.events(:'lead', '{"tour_at": "2027-01-02T10:00:00Z"}',
  jsonb_build_object('tour_at', '2027-01-01T10:00:00Z', 'events', jsonb_build_array(
    jsonb_build_object('type', 'Appointment', 'key', pg_temp.key_of(:'moved')))), '["tour"]')),
  'Other', 'its notice is, if that is missing');
select is(pg_temp.types(pg_temp.events(:'lead', '{"status": "lost"}',
  '{"events": [{"type": "Cancel"}, {"key": "ffffffff"}]}', '["status"]')), 'Cancel',
  'others'' events are not ours');

-- edges: no agent, no source
delete from lead_sync_private.lookup where property_id = :'property' and kind <> 'lost_reason';
select is(pg_temp.events(:'lead', '{}', null, '["name"]') -> 0 ?| array['agent', 'source_id'],
  false, 'what is not known is left out');
select is(pg_temp.types(pg_temp.events(:'lead', '{"status": "lost"}', '{}', '["status"]')),
  'Cancel', 'a reason is enough to be lost');
select is(pg_temp.types(pg_temp.events(:'lead', '{"status": "contacted"}', '{}', '["status"]')),
  'ReActivate', 'and none is needed to come back');
select is(pg_temp.events(:'lead', '{}', '{}', '[]'), '[]', 'nothing pushed, nothing to tell');

-- edges: a source and an agent that are known already
select is(array[e #>> '{0,source_id}', e #>> '{0,agent,id}'], array['S7', 'A7'],
  'they are not looked for again')
from pg_temp.item(:'lead') q, lateral lead_sync_private.build_events(q, null, '{}', null,
  '{"pushed": ["name"]}', '{"lead": null, "source": {"id": "S7"}, "agent": {"id": "A7"}}') as e;

select * from finish();
rollback;
