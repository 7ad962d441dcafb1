-- plan_retire: a lead that no conversation stands for is marked lost in ResMan.
begin;
select plan(25);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.plan_retire'), 'jsonb | volatile | - | -',
  'no role may call it');

select pg_temp.property_of(pg_temp.given_lead()) as property \gset
select lead_sync_private.queue_retire(:'property', 'L1', 'P1', 'Deleted in DomIQ') as item \gset
create function pg_temp.plan(p_item uuid, p_state jsonb default '{}') returns jsonb
language sql
as $$
  select lead_sync_private.plan_retire(q, p_state)
  from public.lead_sync_queue q where q.id = p_item
$$;
-- The lead as it was read, beside another.
create function pg_temp.read(p_values jsonb default '{}', p_more jsonb default '{}')
returns jsonb
language sql
as $$
  select jsonb_build_object('read', jsonb_build_object('asked_at', 'then', 'leads',
    jsonb_build_array('{"lead_id": "L0", "status": "lost"}'::jsonb,
      '{"lead_id": "L1", "contact_id": "P7", "status": "prospect", "first_name": "Ann",
        "rent_min": null, "events": [{"key": "bbbbbbbb"}], "agent": {"id": "A9"}}'
        || p_values)))
    || p_more
$$;

-- happy path: it is read
select pg_temp.plan(:'item', '{"failures": 2}') as plan \gset
select is(:'plan'::jsonb -> 'request', '{"call": "search_leads", "by": {"lead_id": "L1"}}',
  'it is read first');
select is((:'plan'::jsonb -> 'state') - array['asking', 'asked_at'],
  '{"step": "read", "failures": 2}', 'what was learned is kept');

-- edges: nothing is left to do
select is(pg_temp.plan(:'item', pg_temp.read(v)), '{"end": "retired"}',
  'left alone: ' || v::text)
from unnest(array['{"status": "lost"}', '{"status": "applicant"}',
  '{"status": "current_resident"}', '{"lead_id": "L2"}']::jsonb[]) as v;
select is(pg_temp.plan(:'item', s), '{"end": "retired"}', 'gone: ' || s::text)
from unnest(array['{"read": {"leads": []}}', '{"read": {}}']::jsonb[]) as s;

-- edges: a reason is wanted
select is(pg_temp.plan(:'item', pg_temp.read()) -> 'request', '{"call": "list_lost_reasons"}',
  'reasons are listed');
select is(pg_temp.plan(:'item', pg_temp.read()) #> '{state,read}', pg_temp.read() -> 'read',
  'and the lead need not be read again');
select is(pg_temp.plan(:'item', pg_temp.read('{}', '{"lost_reason": true}')) - 'message',
  '{"end": "rejected", "code": "no_lost_reason"}', 'once');
select lead_sync_private.store_lookup(:'property', 'lost_reason', '[{"id": "R1",
  "name": "Price"}]');

-- happy path: it is marked lost
select pg_temp.plan(:'item', pg_temp.read('{}', '{"lost_reason": true, "failures": 2}')) as plan
\gset
select is((:'plan'::jsonb -> 'request') - 'events', '{"call": "save_lead", "lead_id": "L1",
  "contact_id": "P7", "lead": {"first_name": "Ann", "rent_min": null, "status": "lost"}}',
  'as it was read, but lost');
select is(:'plan'::jsonb #> '{request,events}' #- '{0,at}', jsonb_build_array(
  jsonb_build_object('type', 'Cancel',
  'agent', lead_sync_private.resolve_agent(:'property'), 'source_id', 'R1', 'comment', 'Deleted in DomIQ', 'key', lead_sync_private.hash_key('retire', 'L1'))),
  'with the reason, and why');
select ok((:'plan'::jsonb #>> '{request,events,0,at}')::timestamptz
  between date_trunc('second', now()) and clock_timestamp(), 'now');
select is((:'plan'::jsonb -> 'state') - array['asking', 'asked_at'], '{"step": "save",
  "failures": 2, "sent": {"lead_id": "L1", "contact_id": "P7"}}',
  'the next attempt reads again');

-- edges: a contact, a status and an event
select is(pg_temp.plan(:'item', '{"read": {"leads": [{"lead_id": "L1"}]}}')
  #>> '{request,contact_id}', 'P1', 'a contact that is not shown is the link''s');
select is(pg_temp.plan(:'item', '{"read": {"leads": [{"lead_id": "L1"}]}}')
  #>> '{request,lead,status}', 'lost', 'whatever the status that is not shown');
select is(pg_temp.plan(:'item', pg_temp.read(jsonb_build_object('events', jsonb_build_array(
  jsonb_build_object('key', lead_sync_private.hash_key('retire', 'L1'))))))
  #> '{request,events}', '[]', 'an event that ResMan shows is not sent again');
delete from lead_sync_private.lookup where kind = 'agent';
select is(pg_temp.plan(:'item', pg_temp.read()) #> '{request,events,0}' ? 'agent', false,
  'nor is an agent that nobody knows');

-- edges: the guards before every write
select pg_temp.given_setting(:'property', 'write_mode', '"shadow"');
select is(pg_temp.plan(:'item', pg_temp.read()) #>> '{would_send,lead,status}', 'lost',
  'in shadow it is known what would be sent');
select is(pg_temp.plan(:'item', pg_temp.read()) ->> 'end', 'shadow', 'and it is not');
update lead_sync_private.property_setting set value = '"live"';
select pg_temp.given_setting(:'property', 'write_guard', '1');
insert into public.lead_sync_log
  (property_id, sync_direction, sync_status, sync_type, sync_data)
values (:'property', 'to_resman', 'success', 'update', '{"step": "save"}');
select is(pg_temp.plan(:'item', pg_temp.read()) - 'message',
  '{"end": "deferred", "code": "write_guard"}', 'a flood of them is stopped');
select is(i.sync_status, 'paused', 'with the property') from public.resman_integration i
where i.property_id = :'property';
select is(pg_temp.plan(:'item', pg_temp.read('{"status": "lost"}')), '{"end": "retired"}',
  'where there is nothing to send there is nothing to stop');

select * from finish();
rollback;
