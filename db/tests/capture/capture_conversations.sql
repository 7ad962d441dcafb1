-- What capture queues, and what it leaves alone. One transaction's mark counts for all of its
-- statements, so each case has a conversation of its own.
begin;
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql
select plan(51);

select is(pg_temp.surface_of('lead_sync_private.capture_conversations'), 
  'void | volatile | enable_bitmapscan=off enable_hashjoin=off '
  'enable_incremental_sort=off enable_mergejoin=off enable_seqscan=off enable_sort=off '
  'jit=off plan_cache_mode=force_generic_plan | -',
  'no role may call it, and its plan is pinned');

-- The function itself, of a lead of which nothing waits: runners are let know, once there is
-- something for them.
select pg_temp.given_silent_item() as lead \gset
delete from public.lead_sync_queue;
create function pg_temp.capture(p_ids uuid[], p_operation text default 'push',
  p_priority integer default 2, p_event text default 'UPDATE', p_written boolean default false)
returns void
language sql
as $$
  select lead_sync_private.capture_conversations(p_ids, p_operation, p_priority, p_event,
    p_written)
$$;
select pg_temp.capture('{}'), pg_temp.capture(array[gen_random_uuid()]);
select ok(not pg_temp.woken() and not exists (select from public.lead_sync_queue),
  'of none, and of one that is no lead, nothing is queued and nobody woken');
select pg_temp.capture(array[:'lead'::uuid]);
select results_eq('select conversation_id, property_id, sync_operation::text, sync_data,
    priority, status::text, next_retry_at from public.lead_sync_queue',
  format('values (%L::uuid, %L::uuid, ''push'', %L::jsonb, 2, ''pending'', null::timestamptz)',
    :'lead', pg_temp.property_of(:'lead'), jsonb_build_object('conversation_id', :'lead')),
  'a push, due at once');
select ok(pg_temp.woken(), 'and the runners know');

-- Many rows have a plan of their own; what the insert sets off does not: the check of a foreign
-- key is a query for each row.
create temporary table plan_mode (mode text);
create function pg_temp.note_mode() returns trigger
language plpgsql
as $$
begin
  insert into plan_mode values (current_setting('plan_cache_mode'));
  return null;
end
$$;
create trigger note_mode after insert on public.lead_sync_queue
for each row execute function pg_temp.note_mode();
delete from public.lead_sync_queue;
select pg_temp.capture(array_agg(id) || :'lead'::uuid)
from (select gen_random_uuid() as id from generate_series(1, 20)) as x;
select results_eq('select mode from plan_mode', array['force_generic_plan'],
  'the checks of many rows keep their plan');
drop trigger note_mode on public.lead_sync_queue;

-- What waits already, with these values: is it joined?
create function pg_temp.joined(p_lead uuid, p_values jsonb) returns boolean
language plpgsql
as $$
declare
  v_item uuid;
begin
  delete from public.lead_sync_queue;
  v_item := pg_temp.given_item(p_lead, p_values);
  perform pg_temp.capture(array[p_lead]);
  return not exists (select from public.lead_sync_queue q where q.id <> v_item);
end
$$;
select is(pg_temp.joined(:'lead', vals), expected, label)
from (values ('{}'::jsonb, true, 'one that waits is joined'),
  ('{"priority": 3}', true, 'so is a more urgent one'),
  ('{"priority": 1}', false, 'a less urgent one is not'),
  ('{"status": "processing"}', false, 'nor one under way, which may have read'),
  ('{"status": "failed"}', false, 'nor a dead letter'),
  ('{"sync_operation": "enrichment"}', false, 'nor another operation')
) as v(vals, expected, label);
select pg_temp.given_silent_item() as other \gset
delete from public.lead_sync_queue;
select pg_temp.given_item(:'other') as item \gset
select pg_temp.capture(array[:'lead', :'other']::uuid[]);
select bag_eq('select conversation_id from public.lead_sync_queue',
  array[:'lead', :'other']::uuid[], 'nor another conversation''s');

-- What update_delay holds back.
select pg_temp.given_setting(pg_temp.property_of(:'lead'), 'update_delay', '1');
create function pg_temp.delayed(p_lead uuid, p_event text) returns boolean
language plpgsql
as $$
begin
  delete from public.lead_sync_queue;
  perform pg_temp.capture(array[p_lead], p_event => p_event);
  return q.next_retry_at is not null from public.lead_sync_queue q;
end
$$;
select is(pg_temp.delayed(:'lead', event), expected, event || ' held back')
from (values ('UPDATE', true), ('INSERT', false)) as v(event, expected);
select is(pg_temp.delayed(:'other', 'UPDATE'), false, 'at that property alone');

-- What a pull writes.
select pg_temp.given_mapping(:'lead') as mapping \gset
delete from public.lead_sync_queue;
select lead_sync_private.expect_values(array[:'mapping'::uuid],
  array[lead_sync_private.build_lead(:'lead', :'mapping')]);
select pg_temp.capture(array[:'lead', :'other']::uuid[]);
select is(array_agg(q.conversation_id), array[:'other'::uuid], 'an echo is left out')
from public.lead_sync_queue q;
delete from public.lead_sync_queue;
select pg_temp.capture(array[:'lead'::uuid], 'enrichment');
select is(count(*), 0::bigint, 'whatever the operation') from public.lead_sync_queue;
update public.conversation set occupants_count = 9 where id = :'lead';
select is(array_agg(q.conversation_id), array[:'lead'::uuid], 'an edit beyond it is not')
from public.lead_sync_queue q;
delete from public.lead_sync_queue;
select pg_temp.capture(array[:'lead'::uuid], 'enrichment');
select is(count(*), 0::bigint, '… though the enrichment is still') from public.lead_sync_queue;
select set_config('lead_sync.applying', 'forged', true);
delete from public.lead_sync_queue;
select pg_temp.capture(array[:'other'::uuid]);
select is(array_agg(q.conversation_id), array[:'other'::uuid], 'a forged setting hides nothing')
from public.lead_sync_queue q;
select set_config('lead_sync.applying', '', true);
delete from public.lead_sync_queue;

select pg_temp.capture(array[:'lead'::uuid], 'enrichment');
select is(count(*), 1::bigint, 'once the pull has written, all is kept')
from public.lead_sync_queue;
delete from public.lead_sync_queue;

-- Whose row was written just now is not looked up to be locked.
select pg_temp.capture(array[:'lead'::uuid], p_written => true);
select results_eq('select conversation_id from public.lead_sync_queue', array[:'lead'::uuid],
  'a row that the statement has written is queued by its id');
delete from public.lead_sync_queue;

-- What waits, then nothing does.
create function pg_temp.queued() returns uuid[]
language sql
as $$
  with gone as (
    delete from public.lead_sync_queue where status = 'pending' returning conversation_id, seq)
  select coalesce(array_agg(conversation_id order by seq), '{}') from gone
$$;

select pg_temp.given_company() as company \gset
select pg_temp.given_property(:'company') as property \gset
select pg_temp.given_integration(:'property') as integration \gset

-- What does not travel.
select pg_temp.given_conversation(pg_temp.given_user(), :'property') as conversation \gset
select is(pg_temp.queued(), array[:'conversation'::uuid], 'a new lead is queued');
update public.conversation set lead_score = 80 where id = :'conversation';
select is(pg_temp.queued(), '{}', 'an edit of lead_score queues nothing');
select results_eq(
  format('select resman_sync_version, resman_field_times from public.conversation where id = %L',
    :'conversation'),
  $$values (0, null::jsonb)$$, '… moves no version and stamps no time');
update public.conversation set status = status where id = :'conversation';
select is(pg_temp.queued(), '{}', 'an update that changes nothing queues nothing');

-- Versions and times.
create function pg_temp.edit(p_id uuid, p_set text) returns text
language plpgsql
as $$
declare
  v_old jsonb := (select c.resman_field_times from public.conversation c where c.id = p_id);
  v_stamped text;
begin
  execute format('update public.conversation set %s where id = $1', p_set) using p_id;
  select concat_ws(' ', c.resman_sync_version,
    (select string_agg(t.key, ' ' order by t.key) from jsonb_each(c.resman_field_times) t
     where t.value is distinct from v_old -> t.key))
  into v_stamped from public.conversation c where c.id = p_id;
  return v_stamped;
end
$$;
select is(pg_temp.edit(:'conversation', 'move_in_date = ''2027-02-01'''), '1 move_in_date',
  'an edit moves the version and stamps its group');
select is(pg_temp.edit(:'conversation', 'price_range_max = 2000, has_pets = true'), '2 pets rent',
  'the next moves it again and stamps its groups alone');
select is(pg_temp.edit(:'conversation', 'tour_datetime = ''2027-01-05 10:00'', lead_score = 1'),
  '3 tour', '… and so does the next');
select is(pg_temp.edit(:'conversation', 'lead_score = 2'), '3', 'lead_score moves nothing still');
select pg_temp.given_user() as "user" \gset
update public."user" set email = 'new@example.com' where id = :'user';
select results_eq(
  format('select resman_sync_version, array(select jsonb_object_keys(resman_field_times)) '
    'from public."user" where id = %L', :'user'),
  $$values (1, '{email}'::text[])$$, 'a user''s edit moves its version and stamps its group');

-- Who is no lead.
create function pg_temp.not_captured(p_user uuid, p_property uuid, p_reason text) returns text
language plpgsql
as $$
declare
  v_id uuid;
begin
  perform pg_temp.queued();
  v_id := pg_temp.given_conversation(p_user, p_property);
  update public.conversation set occupants_count = 2 where id = v_id;
  return is(
    (select row(l.ineligible, pg_temp.queued(), c.resman_sync_status::text)::text
     from lead_sync_private.lead l join public.conversation c on c.id = l.conversation_id
     where l.conversation_id = v_id),
    row(p_reason, '{}'::uuid[], 'not_synced')::text,
    p_reason || ': neither insert nor edit is queued');
end
$$;
select pg_temp.given_property() as pulling \gset
select pg_temp.given_integration(:'pulling', '{"sync_direction": "from_resman"}') as i \gset
select pg_temp.given_property() as disabled \gset
select pg_temp.given_integration(:'disabled', '{"sync_enabled": false}') as i \gset
select pg_temp.given_property() as demanding \gset
select pg_temp.given_integration(:'demanding') as i \gset
insert into lead_sync_private.property_setting (property_id, name, value)
values (:'demanding', 'eligibility', '"qualified"');
select pg_temp.not_captured(null, :'property', 'no_user');
select pg_temp.not_captured(pg_temp.given_user(), pg_temp.given_property(), 'no_integration');
select pg_temp.not_captured(pg_temp.given_user(), :'disabled', 'integration_disabled');
select pg_temp.not_captured(pg_temp.given_user(), :'pulling', 'direction');
select pg_temp.not_captured(pg_temp.given_user(p_email => null, p_phone => null), :'property',
  'no_contact');
select pg_temp.not_captured(pg_temp.given_user(p_last => ' '), :'property', 'no_name');
select pg_temp.not_captured(pg_temp.given_user(), :'demanding', 'not_qualified');
select pg_temp.given_conversation(pg_temp.given_user(), :'property', '{"chatbot_id": null}')
  as homeless \gset
update public.conversation set occupants_count = 2 where id = :'homeless';
select is(pg_temp.queued(), '{}', 'no_property: neither insert nor edit is queued');

-- Becoming one.
select pg_temp.given_conversation(null, :'property') as chat \gset
update public.conversation set user_id = pg_temp.given_user() where id = :'chat';
select is(pg_temp.queued(), array[:'chat'::uuid], 'the edit that adds a user queues the lead');
select pg_temp.given_user(p_email => null, p_phone => null) as nameless \gset
select pg_temp.given_conversation(:'nameless', :'property') as chat \gset
update public."user" set phone = '+13035550188' where id = :'nameless';
select is(pg_temp.queued(), array[:'chat'::uuid], 'the edit that adds a contact queues the lead');
select pg_temp.given_conversation(pg_temp.given_user(), :'demanding') as chat \gset
update public.conversation set is_qualified = true where id = :'chat';
select is(pg_temp.queued(), array[:'chat'::uuid], 'the edit that qualifies it queues the lead');

-- Losing the user again is no edit.
select pg_temp.given_user() as leaving \gset
select pg_temp.given_conversation(:'leaving', :'property') as left \gset
select pg_temp.queued() as ignored \gset
delete from public."user" where id = :'leaving';
select is(pg_temp.queued(), '{}', 'a user''s deletion queues nothing');
select results_eq(
  format('select user_id, resman_sync_version, resman_field_times '
    'from public.conversation where id = %L', :'left'),
  $$values (null::uuid, 0, null::jsonb)$$, '… and is no edit of the conversation');

-- update_delay holds updates back, not new leads.
select pg_temp.given_property() as patient \gset
select pg_temp.given_integration(:'patient') as i \gset
insert into lead_sync_private.property_setting (property_id, name, value)
values (:'patient', 'update_delay', '60');
select pg_temp.given_conversation(pg_temp.given_user(), :'patient') as chat \gset
select results_eq('select next_retry_at from public.lead_sync_queue',
  'values (null::timestamptz)', 'update_delay does not hold a new lead back');
select pg_temp.queued() as ignored \gset
update public.conversation set occupants_count = 2 where id = :'chat';
select ok(
  (select next_retry_at between clock_timestamp() + interval '50 s'
     and clock_timestamp() + interval '60 s' from public.lead_sync_queue),
  'update_delay holds an update back');
select is_empty($$select * from lead_sync.claim_items('runner', 1, interval '60 s')$$,
  '… and it is not claimed before');
select pg_temp.queued() as ignored \gset

-- DomIQ's role, which may do nothing with our objects. A session that never set
-- app.current_company_id reads null, one that set it for a past transaction ''.
select pg_temp.given_user() as first, pg_temp.given_user() as second,
  pg_temp.given_user() as third \gset
select pg_temp.given_conversation(:'first', :'property') as first_chat,
  pg_temp.given_conversation(:'second', :'property') as second_chat,
  pg_temp.given_conversation(:'third', :'property') as third_chat \gset
select pg_temp.queued() as ignored \gset

set local role app_property_manager;
update public."user" set first_name = 'Unset' where id = :'first';
reset role;
select is(pg_temp.queued(), array[:'first_chat'::uuid],
  'a write of DomIQ''s role is captured where the company was never set');

select set_config('app.current_company_id', '', true) as ignored \gset
set local role app_property_manager;
update public."user" set first_name = 'Empty' where id = :'second';
reset role;
select is(pg_temp.queued(), array[:'second_chat'::uuid], '… where it reads ''''');

select set_config('app.current_company_id', :'company', true) as ignored \gset
select pg_temp.given_chatbot(:'property') as chatbot \gset
set local role app_property_manager;
update public.conversation set occupants_count = 2 where id = :'third_chat';
reset role;
select is(pg_temp.queued(), array[:'third_chat'::uuid], '… where it is set: an edit');
set local role app_property_manager;
insert into public.conversation (chatbot_id, user_id, status)
values (:'chatbot', :'third', 'new') returning id as added \gset
insert into public.lead_notification (conversation_id, notification_type, status)
values (:'added', 'tour_scheduled', 'pending');
reset role;
select is(pg_temp.queued(), array[:'added'::uuid, :'added'],
  '… a new conversation and its notification');

select * from finish();
rollback;
