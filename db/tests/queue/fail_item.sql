-- fail_item: a dead letter, and the conversation that shows it.
begin;
select plan(22);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.fail_item'), 'void | volatile | - | -',
  'no role may call it');

-- happy path
select pg_temp.given_save() as lead \gset
select lead_sync_private.fail_item(q, q.state, 'code', 'in words', '{"outcome": "failed"}',
  true)
from pg_temp.item(:'lead') q;
select results_eq(format('select status::text, error_code::text, error_message, state, '
  'lease_token, processed_at is not null from pg_temp.item(%L)', :'lead'),
  $$values ('failed', 'code', 'in words', '{}'::jsonb, null::uuid, true)$$,
  'it is a dead letter');
select is(c.resman_sync_status, 'failed', 'the conversation shows it')
from public.conversation c where c.id = :'lead';
select is_empty(format('select from lead_sync_private.create_intent where conversation_id = %L',
  :'lead'), 'nothing is being created any more');
select is(pg_temp.logged(:'lead'), 'create failed code', 'the log has the attempt');
select collect_tap(
  is(l.error_message, 'in words', 'with the reason'),
  is(l.response_data, '{"outcome": "failed"}', 'what came back'),
  is(l.sync_data ->> 'step', 'save', 'and what was sent'))
from public.lead_sync_log l where l.conversation_id = :'lead';

-- edges: a save of unknown outcome
select pg_temp.given_save() as lead \gset
select q.state -> 'sent' as sent from pg_temp.item(:'lead') q \gset
select lead_sync_private.fail_item(q, q.state, 'code', 'in words', null)
from pg_temp.item(:'lead') q;
select is(q.state, jsonb_build_object('sent', :'sent'::jsonb), 'what was sent is not forgotten')
from pg_temp.item(:'lead') q;
select isnt_empty(format('select from lead_sync_private.create_intent '
  'where conversation_id = %L', :'lead'), 'and the create that it may have been stays reserved');

-- edges: nothing asked yet: the claim that fails writes no row of DomIQ's
select pg_temp.given_lead() as lead \gset
select pg_temp.claim(:'lead');
insert into lead_sync_private.create_intent (property_id, contact, conversation_id)
values (pg_temp.property_of(:'lead'), 'email:x', :'lead');
select lead_sync_private.fail_item(q, '{}', 'code', 'in words', null)
from pg_temp.item(:'lead') q;
select is(q.state, '{"owed": true}', 'the mark is owed') from pg_temp.item(:'lead') q;
select is(c.resman_sync_status, 'not_synced', 'the conversation is not written')
from public.conversation c where c.id = :'lead';
select is_empty(format('select from lead_sync_private.create_intent where conversation_id = %L',
  :'lead'), 'nothing was sent: nothing is reserved');
select is(lead_sync.run_schedule(), 1, 'run_schedule pays it');
select is(c.resman_sync_status, 'failed', 'and the conversation shows it')
from public.conversation c where c.id = :'lead';

-- edges: both owed and unknown
select pg_temp.given_lead() as lead \gset
select pg_temp.claim(:'lead');
select lead_sync_private.fail_item(q, '{"sent": {"pushed": []}}', 'code', 'in words', null)
from pg_temp.item(:'lead') q;
select is(q.state, '{"owed": true, "sent": {"pushed": []}}', 'both are kept')
from pg_temp.item(:'lead') q;

-- edges: rows that cannot be locked
select pg_temp.given_lead() as lead \gset
select lead_sync_private.fail_item(jsonb_populate_record(q, jsonb_build_object(
  'conversation_id', gen_random_uuid())), '{"step": "read"}', null, null, null)
from pg_temp.item(:'lead') q;
select is(q.status || q.state, 'failed{"owed": true}',
  'where the rows cannot be had it is owed')
from pg_temp.item(:'lead') q;
select is(c.resman_sync_status, 'not_synced', 'and no other conversation is marked')
from public.conversation c where c.id = :'lead';

-- edges: an enrichment
select pg_temp.given_lead() as lead \gset
update public.lead_sync_queue set sync_operation = 'enrichment' where conversation_id = :'lead';
select lead_sync_private.fail_item(q, '{"step": "save"}', 'code', 'in words', null)
from pg_temp.item(:'lead') q;
select is(pg_temp.logged(:'lead'), 'enrichment failed code', 'the log names the operation');

-- effects
update public.lead_sync_queue set error_code = null;
select lead_sync_private.fail_item(q, '{"step": "read"}', repeat('c', 101), repeat('m', 4001),
  null) from pg_temp.item(:'lead') q;
select collect_tap(
  is(q.error_code::text, repeat('c', 100), 'a long code is cut'),
  is(q.error_message, repeat('m', 4000), 'so is a long message'))
from pg_temp.item(:'lead') q;
select is(count(*), 1::bigint, 'in the log too') from public.lead_sync_log l
where l.error_code = repeat('c', 100) and l.error_message = repeat('m', 4000);

select * from finish();
rollback;
