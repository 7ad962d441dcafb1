-- advance_item: what follows from each kind of answer.
begin;
select plan(52);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql

create function pg_temp.answer(p_conversation uuid, p_response jsonb) returns jsonb
language sql
as $$
  select lead_sync.advance_item(h.item, h.token, p_response)
  from held h where h.conversation_id = p_conversation
$$;

create function pg_temp.failure(p_kind text) returns jsonb
language sql
as $$
  select jsonb_build_object('outcome', 'failed', 'kind', p_kind, 'code', 'c_' || p_kind,
    'message', 'because')
$$;

-- A lead that was claimed and whose save is under way.
create function pg_temp.given_save() returns uuid
language plpgsql
as $$
declare
  v_lead uuid := pg_temp.given_lead();
begin
  perform pg_temp.claim(v_lead);
  perform pg_temp.answer(v_lead, '{"outcome": "ok", "leads": []}');
  perform pg_temp.answer(v_lead, '{"outcome": "ok", "leads": []}');
  return v_lead;
end
$$;

create function pg_temp.item(p_conversation uuid) returns public.lead_sync_queue
language sql
as $$
  select q from public.lead_sync_queue q
  where q.conversation_id = p_conversation order by q.seq limit 1
$$;

-- transient
select pg_temp.given_lead() as lead \gset
select pg_temp.claim(:'lead');
update public.lead_sync_queue set retry_count = max_retries where conversation_id = :'lead';
select is(pg_temp.answer(:'lead', pg_temp.failure('transient')), '{"ended": "retry"}',
  'a transient failure is tried again, even by an item that has no retry left');
select collect_tap(
  is(q.status, 'pending', 'it waits'),
  is(q.retry_count, q.max_retries, 'uncounted'),
  is(q.error_code, 'c_transient', 'with the reason'),
  is(q.lease_token, null, 'without a lease'),
  ok(q.next_retry_at > now(), 'for a while'))
from pg_temp.item(:'lead') q;
select results_eq(format('select sync_status::text, error_code::text from public.lead_sync_log '
  'where conversation_id = %L', :'lead'), $$values ('retry', 'c_transient')$$,
  'the log has the attempt');

-- ambiguous
select pg_temp.given_save() as lead \gset
insert into lead_sync_private.property_setting (property_id, name, value)
select q.property_id, 'settle_time', '100' from pg_temp.item(:'lead') q;
select is(pg_temp.answer(:'lead', pg_temp.failure('ambiguous')), '{"ended": "retry"}',
  'a save of unknown outcome is tried again');
select collect_tap(
  is(q.retry_count, 1, 'counted'),
  ok(q.next_retry_at - clock_timestamp() between interval '95 s' and interval '100 s',
    'after the settle time'),
  ok(q.state ? 'sent', 'and knows what was sent'))
from pg_temp.item(:'lead') q;

-- rejected
select pg_temp.given_save() as lead \gset
select is(pg_temp.answer(:'lead', pg_temp.failure('rejected')), '{"ended": "failed"}',
  'what ResMan rejects fails at once');
select collect_tap(
  is(q.status, 'failed', 'it is a dead letter'),
  is(q.retry_count, 0, 'without a retry'),
  is(q.error_code, 'c_rejected', 'with the reason'),
  ok(not q.state ? 'sent', 'and nothing of it is in doubt'))
from pg_temp.item(:'lead') q;
select is(resman_sync_status, 'failed', 'the conversation shows it')
from public.conversation where id = :'lead';

-- unauthorized
select pg_temp.given_lead() as lead \gset
select pg_temp.claim(:'lead');
select is(pg_temp.answer(:'lead', pg_temp.failure('unauthorized')), '{"ended": "retry"}',
  'an item whose credentials are refused waits');
select collect_tap(
  is(i.sync_status, 'disconnected', 'its property is disconnected'),
  is(q.retry_count, 0, 'the item''s retries are not touched'))
from pg_temp.item(:'lead') q
join public.resman_integration i on i.property_id = q.property_id;

-- malformed
select pg_temp.given_lead() as lead \gset
update public.lead_sync_queue set max_retries = 1 where conversation_id = :'lead';
select pg_temp.claim(:'lead');
select is(pg_temp.answer(:'lead', pg_temp.failure('malformed')), '{"ended": "retry"}',
  'an answer that cannot be read is tried again');
update public.lead_sync_queue set next_retry_at = null where conversation_id = :'lead';
select pg_temp.claim(:'lead');
select is(pg_temp.answer(:'lead', pg_temp.failure('malformed')), '{"ended": "failed"}',
  'until no retry is left');
select is(q.status || q.retry_count, 'failed1', 'then it is a dead letter')
from pg_temp.item(:'lead') q;

-- stale
select pg_temp.given_lead() as lead \gset
select pg_temp.claim(:'lead');
select to_jsonb(q)::text as before from pg_temp.item(:'lead') q \gset
select is(lead_sync.advance_item(item, gen_random_uuid(), pg_temp.failure('rejected')),
  '{"stale": true}', 'an answer without the current lease is stale')
from held where conversation_id = :'lead';
select is(to_jsonb(q), :'before'::jsonb, 'and changes nothing of the item')
from pg_temp.item(:'lead') q;

-- an answer that comes twice
select claim #>> '{request,issued_at}' as issued from held where conversation_id = :'lead' \gset
select jsonb_build_object('outcome', 'ok', 'leads', '[]'::jsonb, 'issued_at', :'issued')
  as answer \gset
select pg_temp.answer(:'lead', :'answer') #> '{request,by}' as by \gset
select ok(:'by'::jsonb ? 'phone', 'the search goes on by phone');
select is(pg_temp.answer(:'lead', :'answer') #> '{request,by}', :'by'::jsonb,
  'the same answer again gets the same request again');
select is(q.state ->> 'step', 'phone', 'and is not taken for the answer to it')
from pg_temp.item(:'lead') q;

-- junk
select throws_ok(format('select lead_sync.advance_item(%L, %L, %L)', h.item, h.token, a), 'LS001',
  null, 'refused: ' || coalesce(a, 'null'))
from held h, unnest(array[null, '[]', '{}', '{"outcome": "maybe"}', '{"outcome": "failed"}',
  '{"outcome": "ok", "leads": {}}', '{"outcome": "ok", "items": 1}']) as a
where h.conversation_id = :'lead';
select throws_ok($$select lead_sync.advance_item(null, null, '{"outcome": "ok"}')$$, 'LS001',
  null, 'refused: no item');

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

-- a lead that exists
select pg_temp.given_lead('{"move_in_date": "2027-01-01"}') as lead \gset
select pg_temp.claim(:'lead');
select pg_temp.answer(:'lead', jsonb_build_object('outcome', 'ok', 'leads', jsonb_build_array(
  jsonb_build_object('lead_id', 'L2', 'contact_id', 'P2', 'status', 'prospect',
    'first_name', 'Roberta', 'last_name', 'Renter', 'email', u.email, 'phone', u.phone)))) as result
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
  'resolution_status::text from public.lead_sync_conflicts where conversation_id = %L', :'lead'),
  $$values ('field_mismatch', 'name', 'pending')$$, 'the difference waits for a person');
select is(resman_lead_id, 'L2', 'the lead is linked') from public.lead_sync_mapping
where conversation_id = :'lead';

-- two leads
select pg_temp.given_lead() as lead \gset
select pg_temp.claim(:'lead');
select is(pg_temp.answer(:'lead', jsonb_build_object('outcome', 'ok', 'leads', jsonb_build_array(
  jsonb_build_object('lead_id', 'L3', 'email', u.email),
  jsonb_build_object('lead_id', 'L4', 'email', u.email)))),
  '{"ended": "conflict"}', 'of two leads with the e-mail none is taken')
from public.conversation c join public."user" u on u.id = c.user_id where c.id = :'lead';
select results_eq(format('select conflict_type::text, conflict_severity::text, '
  'resolution_status::text from public.lead_sync_conflicts where conversation_id = %L', :'lead'),
  $$values ('duplicate_lead', 'critical', 'pending')$$, 'a critical conflict says so');
select is_empty(format('select from public.lead_sync_mapping where conversation_id = %L', :'lead'),
  'nothing is linked');
select is(resman_sync_status, 'conflict', 'the conversation shows it')
from public.conversation where id = :'lead';

select * from finish();
rollback;
