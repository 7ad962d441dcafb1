-- plan_enrichment: a conversation's notifications and summary as events of its lead.
begin;
select plan(26);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.plan_enrichment'),
  'jsonb | volatile | enable_bitmapscan=off enable_hashjoin=off enable_mergejoin=off '
  'enable_seqscan=off jit=off | -',
  'no role may call it');

select pg_temp.given_lead() as lead \gset
select pg_temp.given_mapping(:'lead', '{"resman_lead_id": "L1"}');
create function pg_temp.plan(p_lead uuid, p_read jsonb default '{}') returns jsonb
language sql
as $$
  select lead_sync_private.plan_enrichment(q, '{}', jsonb_build_object('read_at', 'then',
    'lead', '{"lead_id": "L1", "contact_id": "P1", "first_name": "Ann"}' || p_read))
  from pg_temp.item(p_lead) q
$$;

-- edges: nothing to tell
select is(pg_temp.plan(:'lead'), '{"end": "synced", "outcome": {"lead_id": "L1",
  "contact_id": "P1", "read_at": "then", "notifications": [], "events": [], "seen": []}}',
  'without a notification there is nothing to send');

-- happy path
select pg_temp.given_notification(:'lead', '{"notification_type": "new_qualified_lead",
    "sent_at": "2026-01-05T10:00:00Z", "created_at": "2026-01-01T10:00:00Z"}') as first,
  pg_temp.given_notification(:'lead', '{"notification_type": "tour_scheduled", "status": null,
    "created_at": "2026-01-02T10:00:00Z"}') as second,
  pg_temp.given_notification(:'lead', '{"resman_sync_status": "synced",
    "resman_notification_id": "E1"}') as told \gset
select lead_sync_private.hash_key('notification', :'first', 'new_qualified_lead',
  'pending') as key,
  lead_sync_private.hash_key('notification', :'second', 'tour_scheduled', null) as key2 \gset
select pg_temp.plan(:'lead') as plan \gset
select is(:'plan'::jsonb #> '{request,events}', jsonb_build_array(
  jsonb_build_object('type', 'Other', 'at', '2026-01-05T10:00:00Z', 'key', :'key',
    'agent', lead_sync_private.resolve_agent(pg_temp.property_of(:'lead')),
    'comment', 'DomIQ notification: new qualified lead (pending)'),
  jsonb_build_object('type', 'Other', 'at', '2026-01-02T10:00:00Z', 'key', :'key2',
    'agent', lead_sync_private.resolve_agent(pg_temp.property_of(:'lead')),
    'comment', 'DomIQ notification: tour scheduled')),
  'each that has not been told, in their order');
select is((:'plan'::jsonb -> 'request') - 'events', '{"call": "save_lead", "lead_id": "L1",
  "contact_id": "P1", "lead": {"first_name": "Ann"}}', 'with the lead as it was read');
select is(:'plan'::jsonb #> '{state,sent,notifications,0}', jsonb_build_object(
  'notification_id', :'first', 'key', :'key', 'type', 'new_qualified_lead', 'status', 'pending',
  'at', '2026-01-05T10:00:00Z', 'resman_id', null, 'seen', false), 'what is sent is known');
select is(:'plan'::jsonb #>> '{state,sent,notifications,1,notification_id}', :'second',
  'of each');
select is(:'plan'::jsonb #> '{state,sent,events}', :'plan'::jsonb #> '{request,events}',
  'and as what');
select is(:'plan'::jsonb #>> '{state,step}', 'save', 'it is a save');

-- edges: what ResMan shows already
select pg_temp.plan(:'lead', jsonb_build_object('events', jsonb_build_array(
  jsonb_build_object('id', 'E7', 'key', :'key')))) as plan \gset
select is(jsonb_array_length(:'plan'::jsonb #> '{request,events}'), 1,
  'what ResMan shows is not sent again');
select is(:'plan'::jsonb #>> '{request,events,0,key}', :'key2', 'but the other');
select is(:'plan'::jsonb #> '{state,sent,notifications,0}' ->> k, v, 'the one shown: ' || k)
from (values ('seen', 'true'), ('resman_id', 'E7')) as x(k, v);
select pg_temp.plan(:'lead', jsonb_build_object('events', jsonb_build_array(
  jsonb_build_object('key', :'key'), jsonb_build_object('id', 'E8', 'key', :'key2')))) as plan
\gset
select is(:'plan'::jsonb ->> 'end', 'synced', 'where it shows all nothing is sent');
select is(jsonb_array_length(:'plan'::jsonb #> '{outcome,notifications}'), 2,
  'but they are known to be there');
select ok(pg_temp.plan(:'lead', '{"events": {}}') ? 'request',
  'events that are no list show none');

-- edges: a change is another event
update public.lead_notification set status = 'sent' where id = :'first';
select isnt(pg_temp.plan(:'lead') #>> '{request,events,0,key}', :'key',
  'a notification that changed has another key');
update public.lead_notification set resman_sync_status = null where id = :'told';
select is(jsonb_array_length(pg_temp.plan(:'lead') #> '{request,events}'), 3,
  'one without a status has not been told');

-- edges: other conversations, and many
select pg_temp.given_lead() as other \gset
select pg_temp.given_notification(:'other');
select is(jsonb_array_length(pg_temp.plan(:'lead') #> '{request,events}'), 3,
  'other conversations'' are not told');
insert into public.lead_notification (conversation_id, notification_type, status, created_at)
select :'lead', 'n' || n, 'pending', timestamptz '2026-02-01' + n * interval '1 s'
from generate_series(1, 60) as n;
select is(jsonb_array_length(pg_temp.plan(:'lead') #> '{request,events}'), 50,
  'fifty at a time');
select is(pg_temp.plan(:'lead') #>> '{request,events,49,comment}',
  'DomIQ notification: n48 (pending)', 'the oldest first');

-- the summary, once the chat is over
select pg_temp.given_lead('{"ai_intent_summary": "a balcony", "start_time": null,
  "end_time": "2026-01-03T10:00:00Z"}') as chat \gset
select lead_sync_private.hash_key('summary', :'chat', 'a balcony') as key \gset
select pg_temp.plan(:'chat') as plan \gset
select is(:'plan'::jsonb #> '{request,events}' #- '{0,at}', jsonb_build_array(
  jsonb_build_object('type', 'Other', 'key', :'key', 'comment', 'DomIQ chat: a balcony',
    'agent', lead_sync_private.resolve_agent(pg_temp.property_of(:'chat')))),
  'the summary is told without a notification, too');
select is(:'plan'::jsonb #> '{state,sent,events}', :'plan'::jsonb #> '{request,events}',
  'and what is sent is known');
select pg_temp.given_notification(:'chat');
select is(jsonb_path_query_array(pg_temp.plan(:'chat'), '$.request.events[*].comment'),
  '["DomIQ notification: new qualified lead (pending)", "DomIQ chat: a balcony"]',
  'with the notifications');
update public.lead_notification set resman_sync_status = 'synced', resman_notification_id = 'E1'
where conversation_id = :'chat';
select pg_temp.plan(:'chat', jsonb_build_object('events', jsonb_build_array(
  jsonb_build_object('id', 'E7', 'key', :'key')))) as plan \gset
select is(:'plan'::jsonb ->> 'end', 'synced', 'what ResMan shows is not sent again');
select is(jsonb_path_query_array(:'plan', '$.outcome.seen[*].key'), jsonb_build_array(:'key'),
  'but is known to be there');
update public.conversation set end_time = null where id = :'chat';
select is(pg_temp.plan(:'chat') #> '{outcome,events}', '[]', 'a chat that goes on is not told');

select * from finish();
rollback;
