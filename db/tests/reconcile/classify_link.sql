-- classify_link: how a link stands by a read of its lead.
begin;
select plan(26);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/pull.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.classify_link'),
  'jsonb | volatile | enable_seqscan=off jit=off | -',
  'no role may call it');

-- A link in step with what shown() describes, of which nothing is queued.
create function pg_temp.given_in_step(p_lead_id text) returns uuid
language plpgsql
as $$
declare
  v_email text := p_lead_id || '@example.com';
  v_lead uuid := pg_temp.given_conversation(
    pg_temp.given_user('Ann', 'Lee', v_email, null), pg_temp.given_pulling());
  v_base jsonb := jsonb_build_object('first_name', 'Ann', 'last_name', 'Lee',
    'email', v_email, 'phone', null, 'status', 'new', 'tour_at', null);
begin
  perform pg_temp.given_mapping(v_lead, jsonb_build_object('resman_lead_id', p_lead_id,
    'domiq_base', v_base, 'resman_base', v_base || '{"status": "prospect"}'));
  delete from public.lead_sync_queue where conversation_id = v_lead;
  return v_lead;
end
$$;
create function pg_temp.class_of(p_lead uuid, p_values jsonb default '{}') returns jsonb
language sql
as $$
  select lead_sync_private.classify_link(m, pg_temp.shown(jsonb_build_object('lead_id',
    m.resman_lead_id, 'email', m.resman_lead_id || '@example.com', 'phone', null) || p_values),
    clock_timestamp())
  from public.lead_sync_mapping m where m.conversation_id = p_lead
$$;
create function pg_temp.given_conflict(p_lead uuid, p_field text, p_status text default 'pending',
  p_severity text default 'high') returns void
language sql
as $$
  insert into public.lead_sync_conflicts (conversation_id, property_id, conflict_type,
    conflict_field, conflict_severity, resolution_status)
  values (p_lead, pg_temp.property_of(p_lead), 'data_conflict', p_field, p_severity, p_status)
$$;

-- happy path
select pg_temp.given_in_step('r1') as lead, pg_temp.given_in_step('r2') as other \gset
select to_jsonb(m) as before from public.lead_sync_mapping m where conversation_id = :'lead' \gset
select is(pg_temp.class_of(:'lead'), '{"class": "matched"}', 'in step');
select is(pg_temp.class_of(:'lead', '{"first_name": "Anna", "last_name": "Leigh"}'),
  '{"class": "drift", "groups": ["name"]}', 'ResMan''s differs');
select is(pg_temp.class_of(:'lead', '{"events": [{"type": "Appointment",
  "at": "2026-03-01T15:00:00Z"}]}'), '{"class": "drift", "groups": ["tour"]}',
  'a tour is read out of the events');
select is(to_jsonb(m) = :'before', true, 'nothing is written')
from public.lead_sync_mapping m where conversation_id = :'lead';
select is(u.first_name, 'Ann', 'not even in DomIQ') from public."user" u
join public.conversation c on c.user_id = u.id where c.id = :'lead';
update public."user" u set first_name = 'Anne' from public.conversation c
where c.id = :'lead' and u.id = c.user_id;

-- edges: what waits or is under way explains it
select is(pg_temp.class_of(:'lead'), '{"class": "pending"}', 'a push waits');
select pg_temp.given_item(:'lead', '{"sync_operation": "status_update",
  "status": "processing"}') as item \gset
select is(pg_temp.class_of(:'lead'), '{"class": "in_flight"}', 'one is under way before all');
update public.lead_sync_queue set status = status_of, sync_operation = operation
from (values ('completed', 'push')) as x(status_of, operation) where conversation_id = :'lead';
select is(pg_temp.class_of(:'lead'), '{"class": "drift", "groups": ["name"]}',
  'what has ended explains nothing');
update public.lead_sync_queue set status = 'pending', sync_operation = 'enrichment'
where id = :'item';
select is(pg_temp.class_of(:'lead') ->> 'class', 'drift', 'nor do notifications that wait');
delete from public.lead_sync_queue;
select pg_temp.given_conversation(c.user_id, pg_temp.property_of(:'lead')) as follower
from public.conversation c where c.id = :'lead' \gset
insert into lead_sync_private.follower (conversation_id, mapping_id)
select :'follower', id from public.lead_sync_mapping where conversation_id = :'lead';
select is(pg_temp.class_of(:'lead'), '{"class": "pending"}', 'a follower''s push does');
delete from public.lead_sync_queue;

-- edges: a conflict
select is(pg_temp.class_of(:'lead', '{"first_name": "Anna"}') -> 'groups', '["name"]',
  'both have changed');
insert into lead_sync_private.field_policy (property_id, field_group, policy)
values (pg_temp.property_of(:'lead'), 'name', 'resman_wins');
select is(pg_temp.class_of(:'lead', '{"first_name": "Anna"}'),
  '{"class": "drift", "groups": ["name"]}', 'what a policy would decide is drift');
update lead_sync_private.field_policy set policy = 'manual_review' where field_group = 'name';
select is(pg_temp.class_of(:'lead', '{"first_name": "Anna"}'),
  '{"class": "drift", "groups": ["name"]}', 'a conflict that nobody knows of is drift');
select pg_temp.given_conflict(:'lead', 'name', 'resolved'),
  pg_temp.given_conflict(:'lead', 'email'), pg_temp.given_conflict(:'other', 'name');
select is(pg_temp.class_of(:'lead', '{"first_name": "Anna"}') ->> 'class', 'drift',
  'one that is resolved, or another group''s, or another lead''s, explains nothing');
select pg_temp.given_conflict(:'lead', 'name', 'manual_review');
select is(pg_temp.class_of(:'lead', '{"first_name": "Anna"}'), '{"class": "conflict"}',
  'an open one does');
update public.lead_sync_conflicts set resolution_status = 'pending',
  conversation_id = :'follower' where resolution_status = 'manual_review';
select is(pg_temp.class_of(:'lead', '{"first_name": "Anna"}'), '{"class": "conflict"}',
  'a follower''s, too');
select is(pg_temp.class_of(:'lead', '{"first_name": "Anna", "move_in_date": "2026-05-01"}'),
  '{"class": "drift", "groups": ["move_in_date"]}', 'of its own group');
select pg_temp.given_conflict(:'lead', 'identity', 'pending', 'critical');
select is(pg_temp.class_of(:'lead', '{"first_name": "Anna", "move_in_date": "2026-05-01"}'),
  '{"class": "conflict", "groups": ["move_in_date"]}', 'a critical one holds all');

-- edges: a write that is not wanted
select is(pg_temp.class_of(:'other', '{"email": null}'), '{"class": "suppressed"}',
  'a blank that is not taken over is explained');

-- edges: missing, or not wanted at all
create function pg_temp.class_without(p_lead uuid) returns jsonb
language sql
as $$
  select lead_sync_private.classify_link(m, null, clock_timestamp())
  from public.lead_sync_mapping m where m.conversation_id = p_lead
$$;
select is(pg_temp.class_without(:'other'), '{"class": "missing_in_resman"}', 'no lead');
select pg_temp.given_item(:'other');
select is(pg_temp.class_without(:'other'), '{"class": "missing_in_resman"}',
  'which nothing that waits explains');
insert into lead_sync_private.tombstone (conversation_id, kind, lifted_at)
values (:'other', 'suppressed', now());
select is(pg_temp.class_without(:'other') ->> 'class', 'missing_in_resman', 'or was lifted');
insert into lead_sync_private.tombstone (property_id, resman_lead_id, kind)
values (pg_temp.property_of(:'other'), 'r2', 'suppressed');
select is(pg_temp.class_without(:'other'), '{"class": "suppressed"}', 'a tombstone does');
delete from lead_sync_private.tombstone;
insert into lead_sync_private.tombstone (conversation_id, kind) values (:'other', 'suppressed');
select is(pg_temp.class_of(:'other'), '{"class": "suppressed"}', 'the conversation''s, too');
update public.conversation set user_id = null where id = :'other';
select is(pg_temp.class_of(:'other'), '{"class": "missing_in_domiq"}', 'a user that is gone');

select * from finish();
rollback;
