-- apply_answer: what follows from ResMan's answer to an item's request.
begin;
select plan(86);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/pull.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.apply_answer'), 'jsonb | volatile | - | -',
  'no role may call it');

-- a search
select pg_temp.given_lead() as lead \gset
select pg_temp.claim(:'lead');
select q.state ->> 'asked_at' as asked from pg_temp.item(:'lead') q \gset
select lead_sync_private.apply_answer(q, '{"outcome": "ok", "leads": [{"lead_id": "L0"}]}')
  as result from pg_temp.item(:'lead') q \gset
select is(:'result'::jsonb #>> '{request,by,phone}', u.phone::text, 'the next search follows')
from public.conversation c join public."user" u on u.id = c.user_id where c.id = :'lead';
select is(q.state -> 'email', jsonb_build_object('asked_at', :'asked', 'value', u.email,
  'leads', '[{"lead_id": "L0"}]'::jsonb), 'what was asked, when, and found is kept')
from pg_temp.item(:'lead') q, public.conversation c
join public."user" u on u.id = c.user_id where c.id = :'lead';
select is(c.resman_sync_status, 'syncing', 'the conversation shows that work is under way')
from public.conversation c where c.id = :'lead';
select is(pg_temp.answer(:'lead', '{"outcome": "ok"}') #>> '{request,call}', 'save_lead',
  'an answer without leads found none');
select is(pg_temp.answer(:'lead', pg_temp.failure('transient')), '{"ended": "retry"}',
  'a call that failed ends the attempt');
select is(q.error_code, 'c_transient', 'as its failure says') from pg_temp.item(:'lead') q;
select is(c.resman_sync_status, 'syncing', 'and leaves the conversation as it was')
from public.conversation c where c.id = :'lead';

-- a look-up
select pg_temp.given_lead() as lead \gset
delete from lead_sync_private.lookup where property_id = pg_temp.property_of(:'lead');
select is(pg_temp.claim(:'lead') #>> '{request,call}', 'list_sources', 'sources first');
select pg_temp.answer(:'lead', '{"outcome": "ok", "items": [{"id": "S5", "name": "Web"}]}')
  as result \gset
select is(:'result'::jsonb #>> '{request,call}', 'list_agents', 'then agents');
select results_eq(format('select id, name from lead_sync_private.lookup where property_id = %L',
  pg_temp.property_of(:'lead')), $$values ('S5', 'Web')$$, 'the list is stored');
select is(q.state -> 'source', 'true', 'the item knows that it has asked')
from pg_temp.item(:'lead') q;
select is(pg_temp.answer(:'lead', '{"outcome": "ok"}'), '{"ended": "failed"}',
  'without what a create needs the item fails');
select is(q.status || ' ' || q.error_code, 'failed no_agent', 'and says what is missing')
from pg_temp.item(:'lead') q;
select matches(q.error_message, 'default_agent', 'and what to do about it')
from pg_temp.item(:'lead') q;
select is(pg_temp.logged(:'lead'), 'update failed no_agent', 'so does the log');

select pg_temp.given_lead() as lead \gset
select pg_temp.claim(:'lead');
create function pg_temp.listed(p_lead uuid, p_kind text) returns text
language plpgsql
as $$
begin
  update public.lead_sync_queue q set state = jsonb_build_object('step', p_kind)
  where q.conversation_id = p_lead;
  perform lead_sync_private.apply_answer(pg_temp.item(p_lead),
    '{"outcome": "ok", "items": [{"id": "X1", "name": "Listed"}]}');
  return (select l.name from lead_sync_private.lookup l
    where l.property_id = pg_temp.property_of(p_lead) and l.kind = p_kind and l.id = 'X1');
end
$$;
select is(pg_temp.listed(:'lead', k), 'Listed', 'a list is stored: ' || k)
from unnest(array['agent', 'lost_reason', 'source']) as k;

-- a create
select pg_temp.given_save() as lead \gset
select is(pg_temp.answer(:'lead',
  '{"outcome": "ok", "leads": [{"lead_id": "L1", "contact_id": "P1"}]}'),
  '{"ended": "completed"}', 'a lead that was created completes the item');
select collect_tap(
  is(q.status, 'completed', 'it is closed'),
  ok(q.processed_at is not null, 'with a time'))
from pg_temp.item(:'lead') q;
select results_eq(format('select resman_lead_id::text, contact_id::text, mapping_status::text '
  'from public.lead_sync_mapping where conversation_id = %L', :'lead'),
  $$values ('L1', 'P1', 'active')$$, 'the mapping links it');
select results_eq(format('select c.resman_sync_status::text, c.resman_lead_id::text, '
  'u.resman_sync_status::text, u.resman_contact_id::text from public.conversation c '
  'join public."user" u on u.id = c.user_id where c.id = %L', :'lead'),
  $$values ('synced', 'L1', 'synced', 'P1')$$, 'conversation and user are synced');
select results_eq(format('select sync_type::text, sync_status::text, resman_lead_id::text '
  'from public.lead_sync_log where conversation_id = %L', :'lead'),
  $$values ('create', 'success', 'L1')$$, 'the log has the create');

-- a lead that exists and differs in nothing
select pg_temp.given_lead() as lead \gset
select pg_temp.claim(:'lead');
select pg_stat_get_xact_tuples_updated('public.conversation'::regclass) as before \gset
select is(pg_temp.answer(:'lead', jsonb_build_object('outcome', 'ok', 'leads', jsonb_build_array(
  jsonb_build_object('lead_id', 'L3', 'contact_id', 'P3', 'status', 'prospect',
    'first_name', u.first_name, 'last_name', u.last_name, 'email', u.email,
    'phone', u.phone)))), '{"ended": "completed"}', 'one answer is enough')
from public.conversation c join public."user" u on u.id = c.user_id where c.id = :'lead';
select is(pg_stat_get_xact_tuples_updated('public.conversation'::regclass), :before + 1::bigint,
  'which is written once: what ends was never shown as under way');

-- a lead that exists
select pg_temp.given_lead('{"move_in_date": "2027-01-01"}') as lead \gset
select pg_temp.claim(:'lead');
select pg_temp.answer(:'lead', jsonb_build_object('outcome', 'ok', 'leads', jsonb_build_array(
  jsonb_build_object('lead_id', 'L2', 'contact_id', 'P2', 'status', 'prospect',
    'first_name', 'Roberta', 'last_name', 'Renter', 'email', u.email, 'phone',
      u.phone)))) as result
from public.conversation c join public."user" u on u.id = c.user_id where c.id = :'lead' \gset
select is(:'result'::jsonb #>> '{request,lead,first_name}', 'Roberta',
  'a value of an existing lead is not overwritten');
select is(:'result'::jsonb #>> '{request,lead_id}', 'L2', 'the save names the lead');
select is(:'result'::jsonb #>> '{request,lead,move_in_date}', '2027-01-01',
  'what it lacks is sent');
select pg_temp.answer(:'lead',
  '{"outcome": "ok", "leads": [{"lead_id": "L2", "contact_id": "P2"}]}') as result \gset
select is(:'result'::jsonb, '{"ended": "conflict"}', 'the item ends');
select results_eq(format('select conflict_type::text, conflict_field::text, '
  'resolution_status::text from public.lead_sync_conflicts where conversation_id = %L',
    :'lead'),
  $$values ('field_mismatch', 'name', 'pending')$$, 'the difference waits for a person');
select is(resman_lead_id, 'L2', 'the lead is linked') from public.lead_sync_mapping
where conversation_id = :'lead';

-- two leads
select pg_temp.given_lead() as lead \gset
select pg_temp.claim(:'lead');
select is(pg_temp.answer(:'lead', jsonb_build_object('outcome', 'ok', 'leads',
  jsonb_build_array(
  jsonb_build_object('lead_id', 'L3', 'email', u.email),
  jsonb_build_object('lead_id', 'L4', 'email', u.email)))),
  '{"ended": "conflict"}', 'of two leads with the e-mail none is taken')
from public.conversation c join public."user" u on u.id = c.user_id where c.id = :'lead';
select results_eq(format('select conflict_type::text, conflict_severity::text, '
  'resolution_status::text from public.lead_sync_conflicts where conversation_id = %L',
    :'lead'),
  $$values ('duplicate_lead', 'critical', 'pending')$$, 'a critical conflict says so');
select is_empty(format('select from public.lead_sync_mapping where conversation_id = %L',
  :'lead'),
  'nothing is linked');
select is(resman_sync_status, 'conflict', 'the conversation shows it')
from public.conversation where id = :'lead';

-- a lead that is in step already
select pg_temp.given_lead() as lead \gset
select pg_temp.claim(:'lead');
select is(pg_temp.answer(:'lead', jsonb_build_object('outcome', 'ok', 'leads',
  jsonb_build_array(jsonb_build_object('lead_id', 'L5', 'contact_id', 'P5', 'first_name',
    u.first_name, 'last_name', u.last_name, 'email', u.email, 'phone', u.phone,
    'status', 'prospect')))), '{"ended": "completed"}', 'what is equal needs no save')
from public.conversation c join public."user" u on u.id = c.user_id where c.id = :'lead';
select is(c.resman_lead_id || ' ' || c.resman_sync_status, 'L5 synced', 'and is linked')
from public.conversation c where c.id = :'lead';
select is(pg_temp.logged(:'lead'), 'update success', 'the attempt is logged');
select is(l.sync_data -> 'pushed', null, 'as one that sent nothing')
from public.lead_sync_log l where l.conversation_id = :'lead';

-- a save whose answer names no lead
select pg_temp.given_save() as lead \gset
select pg_temp.given_setting(pg_temp.property_of(:'lead'), 'settle_time', '100');
select is(pg_temp.answer(:'lead', '{"outcome": "ok", "leads": [{"contact_id": "P1"}]}'),
  '{"ended": "retry"}', 'a save that names no lead is of unknown outcome');
select collect_tap(
  is(q.error_code, 'malformed', 'it is malformed'),
  is(q.error_message, 'the answer to a save named no lead', 'in words'),
  is(q.retry_count, 1, 'counted'),
  ok(q.next_retry_at between now() + interval '100 s' and clock_timestamp() + interval '100 s',
    'and looked for after the settle time'))
from pg_temp.item(:'lead') q;

-- another create is on its way
select pg_temp.given_lead() as lead \gset
insert into lead_sync_private.create_intent (property_id, contact, conversation_id)
select pg_temp.property_of(c.id), 'email:' || u.email, gen_random_uuid()
from public.conversation c join public."user" u on u.id = c.user_id where c.id = :'lead';
select pg_temp.claim(:'lead');
select pg_temp.answer(:'lead', '{"outcome": "ok", "leads": []}');
select is(pg_temp.answer(:'lead', '{"outcome": "ok", "leads": []}'), '{"ended": "deferred"}',
  'a create waits for another of the same e-mail');
select collect_tap(
  is(q.error_code, 'create_intent', 'with a reason'),
  is(q.error_message,
    'another conversation is creating a lead with this e-mail or phone', 'in words'),
  is(q.retry_count, 0, 'uncounted'),
  ok(q.next_retry_at between now() + interval '1 s' and clock_timestamp() + interval '2 s',
    'for one to two seconds after a first attempt'))
from pg_temp.item(:'lead') q;
create function pg_temp.status_of(p_lead uuid) returns text
language sql
as $$
  select c.resman_sync_status::text from public.conversation c where c.id = p_lead
$$;
select is(pg_temp.status_of(:'lead'), 'not_synced', 'nothing of it is under way meanwhile');
update public.lead_sync_queue set next_retry_at = null where conversation_id = :'lead';
select pg_temp.claim(:'lead');
select pg_temp.answer(:'lead', '{"outcome": "ok", "leads": []}');
select is(pg_temp.status_of(:'lead'), 'syncing', 'its next attempt is');

-- what waits for the push leaves what that shows
update public.conversation set resman_sync_status = 'syncing' where id = :'lead';
update public.lead_sync_queue set sync_operation = 'enrichment' where conversation_id = :'lead';
select is(lead_sync_private.apply_answer(pg_temp.item(:'lead'), '{"outcome": "ok"}'),
  '{"ended": "deferred"}', 'an enrichment waits for the link');
select is(pg_temp.status_of(:'lead'), 'syncing', 'and says nothing of the push');

-- the property has written too much
select pg_temp.given_lead() as lead \gset
select pg_temp.given_setting(pg_temp.property_of(:'lead'), 'write_guard', '1');
insert into public.lead_sync_log
  (property_id, sync_direction, sync_status, sync_type, sync_data)
values (pg_temp.property_of(:'lead'), 'to_resman', 'success', 'update', '{"step": "save"}');
select pg_temp.claim(:'lead');
select pg_temp.answer(:'lead', '{"outcome": "ok", "leads": []}');
select is(pg_temp.answer(:'lead', '{"outcome": "ok", "leads": []}'), '{"ended": "deferred"}',
  'a push waits for whoever resumes it');
select is(pg_temp.status_of(:'lead'), 'not_synced',
  'which may take long: nothing is under way');

-- a conversation that is no lead any more
select pg_temp.given_lead() as lead \gset
select pg_temp.claim(:'lead');
select pg_temp.answer(:'lead', '{"outcome": "ok", "leads": []}');
update public."user" u set first_name = '' from public.conversation c
where c.id = :'lead' and u.id = c.user_id;
select is(pg_temp.answer(:'lead', '{"outcome": "ok", "leads": []}'), '{"ended": "completed"}',
  'an item of what is no lead any more is done with');
select results_eq(format('select status::text, error_code::text, error_message '
  'from pg_temp.item(%L)', :'lead'), $$values ('cancelled', 'not_eligible',
  'the conversation is no lead to push: no_name')$$, 'it is cancelled');
select is(c.resman_sync_status, 'not_synced', 'nothing is under way')
from public.conversation c where c.id = :'lead';

-- a lead that is not there
select pg_temp.given_lead() as lead \gset
select pg_temp.given_mapping(:'lead');
select pg_temp.claim(:'lead');
select is(pg_temp.answer(:'lead', '{"outcome": "ok", "leads": []}'), '{"ended": "retry"}',
  'a linked lead that is not found is looked for again');
select is(m.missing_reads, 1, 'and missed once') from public.lead_sync_mapping m
where m.conversation_id = :'lead';

-- shadow
select pg_temp.given_lead() as lead \gset
select pg_temp.given_setting(pg_temp.property_of(:'lead'), 'write_mode', '"shadow"');
select pg_temp.claim(:'lead');
select pg_temp.answer(:'lead', '{"outcome": "ok", "leads": []}');
select is(pg_temp.answer(:'lead', '{"outcome": "ok", "leads": []}'), '{"ended": "completed"}',
  'in shadow nothing is sent');
select results_eq(format('select status::text, error_code::text, error_message '
  'from pg_temp.item(%L)', :'lead'), $$values ('completed', 'shadow',
  'nothing was sent: the property''s write_mode is shadow')$$, 'and the item says so');
select is(pg_temp.logged(:'lead'), 'create success', 'the log tells what would have been done');
select is(array[l.sync_data #>> '{would_send,lead,first_name}', l.sync_data ->> 'shadow'],
  array['Robin', 'true'], 'and sent')
from public.lead_sync_log l where l.conversation_id = :'lead';
select is(c.resman_sync_status, 'not_synced', 'the conversation is not in step')
from public.conversation c where c.id = :'lead';

-- enrichment
select pg_temp.given_lead() as lead \gset
select pg_temp.given_mapping(:'lead', '{"resman_lead_id": "L6"}');
update public.lead_sync_queue set sync_operation = 'enrichment' where conversation_id = :'lead';
select pg_temp.given_notification(:'lead');
delete from public.lead_sync_queue where conversation_id = :'lead' and priority = 1;
select pg_temp.claim(:'lead');
select is(pg_temp.answer(:'lead', '{"outcome": "ok", "leads": [{"lead_id": "L6"}]}')
  #>> '{request,events,0,type}', 'Other', 'a notification travels as an event');
select is(c.resman_sync_status, 'not_synced', 'which is no push of the conversation')
from public.conversation c where c.id = :'lead';

-- two leads: what was found is kept for the person who decides
select is(array[jsonb_array_length(k.resman_value)::text, k.explanation ->> 'why',
  q.error_message],
  array['2', '2 leads in ResMan have this email', '2 leads in ResMan have this email'],
  'the conflict and its item say what was found')
from public.lead_sync_conflicts k join public.lead_sync_queue q on q.id = k.item_id
where k.conflict_field = 'identity';

-- shadow, of a lead that there is
select pg_temp.given_lead('{"move_in_date": "2027-01-01"}') as lead \gset
select pg_temp.given_setting(pg_temp.property_of(:'lead'), 'write_mode', '"shadow"');
select pg_temp.claim(:'lead');
select is(pg_temp.answer(:'lead', jsonb_build_object('outcome', 'ok', 'leads',
  jsonb_build_array(jsonb_build_object('lead_id', 'L8', 'contact_id', 'P8', 'first_name',
    u.first_name, 'last_name', u.last_name, 'email', u.email, 'phone', u.phone,
    'status', 'prospect')))), '{"ended": "completed"}', 'in shadow no update is sent either')
from public.conversation c join public."user" u on u.id = c.user_id where c.id = :'lead';
select is(pg_temp.logged(:'lead'), 'update success', 'and it is called an update');

-- a lead that nobody stands for
select pg_temp.property_of(pg_temp.given_lead()) as property \gset
select lead_sync_private.store_lookup(:'property', 'lost_reason',
  '[{"id": "R1", "name": "Price"}]');
create function pg_temp.retired(p_property uuid, p_lead text, p_answers jsonb[]) returns text
language plpgsql
as $$
declare
  v_id uuid := lead_sync_private.queue_retire(p_property, p_lead, 'P1', 'Deleted in DomIQ');
  v_token uuid;
  v_answer jsonb;
  v_said jsonb;
begin
  select c.lease_token into v_token
  from lead_sync.claim_items('runner', 100, '60 s') c where c.item_id = v_id;
  foreach v_answer in array p_answers loop
    v_said := lead_sync.advance_item(v_id, v_token, v_answer);
  end loop;
  return (select concat_ws(' ', v_said, q.status, q.error_code, '|', l.sync_type, l.sync_status,
      l.sync_data ->> 'step', l.response_data ->> 'elapsed_ms')
    from public.lead_sync_queue q left join public.lead_sync_log l on l.item_id = q.id
    where q.id = v_id);
end
$$;
select is(pg_temp.retired(:'property', 'L20', array[
  '{"outcome": "ok", "leads": [{"lead_id": "L20", "status": "prospect"}]}',
  '{"outcome": "ok", "leads": [{"lead_id": "L20"}], "elapsed_ms": 7}']::jsonb[]),
  '{"ended": "completed"} completed | status_change success save 7', 'is marked lost');
select is(pg_temp.retired(:'property', 'L21', array[
  '{"outcome": "ok", "leads": [{"lead_id": "L21", "status": "lost"}], "elapsed_ms": 8}'
  ]::jsonb[]), '{"ended": "completed"} completed | status_change success read 8',
  'or is lost already');
select is(pg_temp.retired(:'property', 'L22', array[
  '{"outcome": "ok", "leads": [{"lead_id": "L22", "status": "prospect"}]}',
  '{"outcome": "ok", "leads": []}']::jsonb[]),
  '{"ended": "completed"} completed | status_change success save',
  'a save of it makes no link, so its answer need not name it');

-- pulls
select pg_temp.given_pulling() as pulling \gset
create function pg_temp.pulled(p_property uuid, p_data jsonb, p_answers jsonb[]) returns jsonb
language plpgsql
as $$
declare
  v_id uuid := (select p.id from pg_temp.given_pull(p_property, p_data) as p);
  v_token uuid;
  v_answer jsonb;
  v_said jsonb;
begin
  update public.lead_sync_queue set status = 'pending', lease_token = null, lease_until = null
  where id = v_id;
  select c.lease_token into v_token
  from lead_sync.claim_items('runner', 100, '60 s') c where c.item_id = v_id;
  foreach v_answer in array p_answers loop
    v_said := lead_sync.advance_item(v_id, v_token, v_answer);
  end loop;
  return v_said || jsonb_build_object('status', q.status, 'swept', q.state -> 'swept',
    'logged', (select l.sync_data - 'conversation_id' from public.lead_sync_log l
      where l.item_id = v_id order by l.created_at desc limit 1))
  from public.lead_sync_queue q where q.id = v_id;
end
$$;
select is(pg_temp.pulled(:'pulling', '{"lead_id": "R1"}', array[jsonb_build_object(
  'outcome', 'ok', 'leads', jsonb_build_array(pg_temp.shown('{}')))]) - 'logged',
  '{"ended": "completed", "status": "completed", "swept": null}', 'one lead is applied');
select is(count(*), 1::bigint, 'and linked') from public.lead_sync_mapping m
where m.property_id = :'pulling' and m.resman_lead_id = 'R1';
select is(pg_temp.pulled(:'pulling', '{"since": "2026-01-01T00:00:00Z",
  "until": "2026-01-01T00:30:00Z"}', array[jsonb_build_object('outcome', 'ok', 'leads',
  jsonb_build_array(pg_temp.shown('{"lead_id": "R2", "phone": null,
    "email": "bob@example.com"}')))]) #> '{logged,counts}', '{"read": 1, "moved": 1}',
  'a window''s leads are, and the log counts them');

-- a reconciliation
select lead_sync.run_reconciliation(:'pulling') as run \gset
select q.id as sweep from public.lead_sync_queue q where q.sync_data ->> 'reconcile' = :'run'
\gset
delete from public.lead_sync_queue where id = :'sweep';
select is(pg_temp.pulled(:'pulling', jsonb_build_object('reconcile', :'run'), array[
  '{"outcome": "ok", "leads": []}', '{"outcome": "ok", "leads": []}']::jsonb[]) -> 'logged',
  jsonb_build_object('reconcile', :'run', 'links', 2, 'missing', 2), 'reads link by link');

-- one that has done its share for now
select lead_sync.run_reconciliation(:'pulling') as run \gset
delete from public.lead_sync_queue where property_id = :'pulling' and status = 'pending';
select q as item from pg_temp.given_pull(:'pulling', jsonb_build_object('reconcile', :'run')) q
\gset
select is(lead_sync_private.apply_answer(jsonb_populate_record(:'item'::public.lead_sync_queue,
  '{"state": {"step": "sweep", "swept": 99}}'), '{"outcome": "ok"}'), '{"ended": "deferred"}',
  'it goes on with another claim');
select is(concat_ws(' ', q.status, q.state, q.next_retry_at, q.error_code), 'pending {}',
  'at once, and counts anew') from public.lead_sync_queue q
where q.id = (:'item'::public.lead_sync_queue).id;

-- a lead that a person has chosen
delete from public.lead_sync_queue where property_id = :'pulling';
select pg_temp.given_lead() as lead \gset
insert into lead_sync_private.identity_decision (user_id, resman_lead_id, same)
select c.user_id, 'L30', true from public.conversation c where c.id = :'lead';
select is(pg_temp.claim(:'lead') #>> '{request,by,lead_id}', 'L30', 'is read');
select is(pg_temp.answer(:'lead', '{"outcome": "ok", "leads": [{"lead_id": "L30",
  "status": "prospect"}]}') #>> '{request,lead_id}', 'L30', 'once, and saved');

-- a create whose answer was lost, and which is there
select pg_temp.given_save() as lead \gset
select pg_temp.answer(:'lead', pg_temp.failure('ambiguous'));
update public.lead_sync_queue set next_retry_at = null where conversation_id = :'lead';
select q.state #> '{sent,events}' as events from pg_temp.item(:'lead') q \gset
select pg_temp.claim(:'lead');
select is(pg_temp.answer(:'lead', jsonb_build_object('outcome', 'ok', 'leads',
  jsonb_build_array(lead_sync_private.build_lead(:'lead') || jsonb_build_object(
    'lead_id', 'L31', 'status', 'prospect', 'events', :'events'::jsonb)))),
  '{"ended": "completed"}', 'is linked, and not made again');
select is(pg_temp.logged(:'lead'), 'create retry c_ambiguous, update success',
  'this attempt made nothing');

-- ResMan has answered: its breaker closes
select pg_temp.given_lead() as lead \gset
select pg_temp.claim(:'lead');
insert into lead_sync_private.breaker (property_id, failures)
values (pg_temp.property_of(:'lead'), 3);
select pg_temp.answer(:'lead', '{"outcome": "ok", "leads": []}');
select is(failures, 0, 'an answer ends a row of failures')
from lead_sync_private.breaker where property_id = pg_temp.property_of(:'lead');

select * from finish();
rollback;
