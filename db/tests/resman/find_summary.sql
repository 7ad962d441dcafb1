-- find_summary: the chat's summary as an event, and when it may be sent.
begin;
select plan(22);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.find_summary'),
  'jsonb | stable | enable_hashjoin=off enable_mergejoin=off enable_seqscan=off jit=off | -',
  'no role may call it, and its plan is pinned');

create function pg_temp.found(p_lead uuid) returns jsonb
language sql
as $$ select lead_sync_private.find_summary(p_lead, pg_temp.property_of(p_lead)) $$;
create function pg_temp.due_at(p_lead uuid) returns timestamptz
language sql
as $$ select (pg_temp.found(p_lead) ->> 'due_at')::timestamptz $$;

-- happy path
select pg_temp.given_lead('{"ai_intent_summary": " Wants a balcony. ",
  "created_at": "2026-01-01T10:00:00Z"}') as lead \gset
select lead_sync_private.hash_key('summary', :'lead', 'Wants a balcony.') as key \gset
select is(pg_temp.found(:'lead') - 'due_at', jsonb_build_object('key', :'key', 'type', 'Other',
  'at', '2026-01-01T10:00:00Z', 'comment', 'DomIQ chat: Wants a balcony.'),
  'the text, trimmed, under a key of its own');
select is(pg_temp.due_at(:'lead'), timestamptz '2026-01-01T10:10:00Z',
  'ten minutes after the chat began');

-- edits hold it back
create function pg_temp.edited(p_lead uuid, p_times jsonb) returns void
language sql
as $$
  update public.conversation set resman_field_times = p_times where id = p_lead
$$;
select pg_temp.edited(:'lead',
  '{"comment": "2026-01-01T11:00:00+00:00", "pets": "2026-01-01T10:30:00+00:00"}');
select is(pg_temp.due_at(:'lead'), timestamptz '2026-01-01T11:10:00Z',
  'ten minutes after the last edit');
select is(pg_temp.found(:'lead') ->> 'at', '2026-01-01T11:00:00Z',
  'its time is when the summary was written');
select pg_temp.edited(:'lead',
  '{"comment": "2026-01-01T11:00:00+00:00", "pets": "2026-01-01T11:30:00+00:00"}');
select is(pg_temp.due_at(:'lead'), timestamptz '2026-01-01T11:40:00Z', 'of any synced field');
select is(pg_temp.found(:'lead') ->> 'at', '2026-01-01T11:00:00Z', 'which does not move its time');
select pg_temp.edited(:'lead', '{"pets": "2025-01-01T11:30:00+00:00"}');
select is(pg_temp.due_at(:'lead'), timestamptz '2026-01-01T10:10:00Z',
  'nor is it due before the chat began');

-- the chat's end
update public.conversation set start_time = null, end_time = '2026-01-01T10:05:00Z'
where id = :'lead';
select is(pg_temp.due_at(:'lead'), timestamptz '2026-01-01T10:05:00Z', 'at its end at the latest');
update public.conversation set end_time = '2026-01-01T10:15:00Z' where id = :'lead';
select is(pg_temp.due_at(:'lead'), timestamptz '2026-01-01T10:10:00Z',
  'or when it was quiet before that');
update public.conversation set end_time = null, created_at = null, resman_field_times = null
where id = :'lead';
select is(pg_temp.due_at(:'lead'), now(), 'where no time is known it is due');
select is(pg_temp.found(:'lead') ->> 'at', lead_sync_private.iso_time(now()::text),
  'and of now');

-- edges: what is sent once
insert into lead_sync_private.lead_event (conversation_id, key, event_type)
values (:'lead', :'key', 'Other');
select is(pg_temp.found(:'lead'), null, 'a text that was sent is not sent again');
update public.conversation set ai_intent_summary = 'Wants a balcony. ' where id = :'lead';
select is(pg_temp.found(:'lead'), null, 'whatever stands around it');
update public.conversation set ai_intent_summary = 'Wants a bath.' where id = :'lead';
select is(pg_temp.found(:'lead') ->> 'key',
  lead_sync_private.hash_key('summary', :'lead', 'Wants a bath.'), 'another text is');
select pg_temp.given_lead('{"ai_intent_summary": "Wants a balcony."}') as other \gset
select is(pg_temp.found(:'other') ->> 'comment', 'DomIQ chat: Wants a balcony.',
  'so is another chat''s');
update public.conversation set ai_intent_summary = repeat('x', 3000) where id = :'other';
select is(pg_temp.found(:'other') ->> 'comment', 'DomIQ chat: ' || repeat('x', 1000),
  'a long one is cut short');

-- edges: nothing to tell
select is(pg_temp.found(pg_temp.given_lead()), null, 'without a summary there is none');
select is(pg_temp.found(pg_temp.given_lead('{"ai_intent_summary": "  "}')), null,
  'nor with a blank one');

-- settings
select pg_temp.given_setting(pg_temp.property_of(:'lead'), 'summary_quiet', '90.5');
update public.conversation set created_at = '2026-01-01T10:00:00Z' where id = :'lead';
select pg_temp.edited(:'lead', '{}');
select is(pg_temp.due_at(:'lead'), timestamptz '2026-01-01T10:01:30.5Z',
  'a property says how long a chat is to be quiet');
select pg_temp.given_setting(pg_temp.property_of(:'lead'), 'summary_event', 'false');
select is(pg_temp.found(:'lead'), null, 'and whether it wants summaries as events');
select isnt(pg_temp.found(:'other'), null, 'each for itself');

select * from finish();
rollback;
