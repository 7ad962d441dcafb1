-- plan_request: a save, and the guards that stand before it.
begin;
select plan(24);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.plan_request'), 'jsonb | volatile | - | -',
  'no role may call it');

create function pg_temp.plan(p_lead uuid, p_outcome jsonb, p_lead_values jsonb default '{}',
  p_state jsonb default '{}') returns jsonb
language sql
as $$
  select lead_sync_private.plan_request(q, p_state, p_outcome, p_lead_values,
    '[{"type": "Other", "key": "aaaaaaaa"}]')
  from pg_temp.item(p_lead) q
$$;

-- happy path: a lead that there is
select pg_temp.given_lead() as lead, pg_temp.given_lead() as other \gset
select pg_temp.plan(:'lead', '{"lead_id": "L1", "contact_id": "P1", "pushed": ["name"]}',
  '{"first_name": "Ann", "email": null, "status": "prospect", "lead_id": "L1",
    "contact_id": "P1",
    "events": [1], "source": {"id": "S1"}, "agent": {"id": "A1"}, "lost_reason": null,
    "tour_at": "2027-01-01T00:00:00Z"}',
  '{"read": 1, "email": 2, "phone": 3, "source": true, "agent": true, "lost_reason": true,
    "create_with": {},
    "failures": 4, "sent": {"old": true}}') as plan \gset
select is(:'plan'::jsonb -> 'request', '{"call": "save_lead", "lead_id": "L1",
  "contact_id": "P1",
  "lead": {"first_name": "Ann", "email": null, "status": "prospect"},
  "events": [{"type": "Other", "key": "aaaaaaaa"}]}', 'the save: values and events, no more');
select is((:'plan'::jsonb -> 'state') - array['asked_at', 'asking'], '{"step": "save",
  "failures": 4, "sent": {"lead_id": "L1", "contact_id": "P1", "pushed": ["name"]}}',
  'what is sent outlives the attempt, what was read does not');
select is(:'plan'::jsonb #> '{state,asking}', :'plan'::jsonb -> 'request',
  'it is what is asked');
select is(count(*), 0::bigint, 'nothing is being created')
from lead_sync_private.create_intent;

-- happy path: one that there is not
select lead_sync_private.build_lead(:'lead') - array['status', 'tour_at'] as values \gset
select pg_temp.plan(:'lead', '{"pushed": ["name"]}', :'values') as plan \gset
select is(:'plan'::jsonb #- '{request,events}' -> 'request', jsonb_build_object(
  'call', 'save_lead', 'lead_id', null, 'contact_id', null, 'lead', :'values'::jsonb),
  'a create has no ids');
select set_eq('select property_id, contact,
  conversation_id from lead_sync_private.create_intent',
  format($$select %L::uuid as p, c, %L::uuid as l from unnest(array[%L, %L]) as c$$,
    pg_temp.property_of(:'lead'), :'lead',
    'email:' || (lead_sync_private.build_lead(:'lead') ->> 'email'),
    'phone:' || (lead_sync_private.build_lead(:'lead') ->> 'phone')),
  'its e-mail and phone are reserved');

-- edges: another create is on its way
update lead_sync_private.create_intent set conversation_id = :'other';
select is(pg_temp.plan(:'lead', '{"pushed": ["name"]}', :'values'), '{"end": "deferred",
  "code": "create_intent",
  "message": "another conversation is creating a lead with this e-mail or phone"}',
  'it has to wait');
select is(pg_temp.plan(:'lead', '{"lead_id": "L1"}') ? 'request', true,
  'not so a lead that there is');

-- edges: edited since the document was built
select pg_temp.given_lead() as moved \gset
select pg_temp.plan(:'moved', '{}', '{"email": "sent@example.com", "phone": null}')
  -> 'request' ->> 'call' as call \gset
select results_eq(format('select contact from lead_sync_private.create_intent
  where conversation_id = %L', :'moved'), $$values ('email:sent@example.com')$$,
  'what is sent is reserved, whatever DomIQ holds by now');

-- edges: shadow
select pg_temp.given_setting(pg_temp.property_of(:'lead'), 'write_mode', '"shadow"');
delete from lead_sync_private.create_intent;
select pg_temp.plan(:'lead', '{"pushed": ["name"]}', '{"first_name": "Ann"}') as plan \gset
select is(:'plan'::jsonb ->> 'end', 'shadow', 'in shadow nothing is sent');
select is(:'plan'::jsonb -> 'outcome', '{"pushed": ["name"]}', 'but what would have been');
select is(:'plan'::jsonb #> '{would_send,lead}', '{"first_name": "Ann"}', 'is known');
select is(:'plan'::jsonb ? 'request', false, 'and not a request');
select is(count(*), 0::bigint, 'nothing is reserved') from lead_sync_private.create_intent;
update lead_sync_private.property_setting set value = '"live"';
select is(pg_temp.plan(:'lead', '{"lead_id": "L1"}') ? 'request', true,
  'live it is sent again');
select is(pg_temp.plan(:'other', '{"lead_id": "L1"}') ? 'request', true, 'as by default');

-- edges: the property has saved as much as it may
select pg_temp.given_setting(pg_temp.property_of(:'other'), 'write_guard', '1');
insert into public.lead_sync_log
  (property_id, sync_direction, sync_status, sync_type, sync_data)
values (pg_temp.property_of(:'other'), 'to_resman', 'success', 'update', '{"step": "save"}');
select pg_temp.plan(:'other', '{"pushed": ["name"]}') as plan \gset
select is(:'plan'::jsonb - 'message', '{"end": "deferred", "code": "write_guard"}',
  'nothing is sent');
select matches(:'plan'::jsonb ->> 'message', 'write_guard', 'it is said what stands before it');
select is(concat_ws(': ', i.sync_status, i.status_reason),
  'paused: more saves in an hour than the setting write_guard allows', 'the property is paused')
from public.resman_integration i where i.property_id = pg_temp.property_of(:'other');
select is(concat_ws(' ', conflict_field, conflict_severity, resolution_status, conversation_id),
  'write_guard critical pending', 'for a person') from public.lead_sync_conflicts
where property_id = pg_temp.property_of(:'other');
select is(count(*), 0::bigint, 'nothing is reserved for it')
from lead_sync_private.create_intent where property_id = pg_temp.property_of(:'other');
select is(pg_temp.plan(:'lead', '{"lead_id": "L1"}') ? 'request', true,
  'other properties go on');

-- effects
select is(q.state, '{}', 'the item is not written') from pg_temp.item(:'lead') q;

select * from finish();
rollback;
