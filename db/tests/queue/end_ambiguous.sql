-- end_ambiguous: whose lead it is cannot be told, so a person is asked.
begin;
select plan(22);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.end_ambiguous'), 'text | volatile | - | -',
  'no role may call it');

-- happy path
select pg_temp.given_save() as lead \gset
update public.lead_sync_queue set resman_lead_id = 'L1' where conversation_id = :'lead';
select is(lead_sync_private.end_ambiguous(q, q.state, 'two of a kind',
  '[{"lead_id": "L1"}, {"lead_id": "L2"}]', '{"outcome": "ok"}'), 'conflict',
  'the item ends in a conflict') from pg_temp.item(:'lead') q;
select collect_tap(
  is(k.conflict_type, 'duplicate_lead', 'of two leads'),
  is(k.conflict_field, 'identity', 'about who it is'),
  is(k.conflict_severity, 'critical', 'the worst'),
  is(k.resolution_status, 'pending', 'which waits for a person'),
  is(k.resman_value, '[{"lead_id": "L1"}, {"lead_id": "L2"}]', 'with what was found'),
  is(k.domiq_value, lead_sync_private.build_lead(:'lead'), 'and what was looked for'),
  is(k.explanation ->> 'why', 'two of a kind', 'and why'),
  is(k.resman_lead_id, 'L1', 'and about which lead'),
  is(k.mapping_id, null, 'without a link'),
  is(k.base_value, null, 'or a base'))
from public.lead_sync_conflicts k where k.conversation_id = :'lead';
select results_eq(format('select status::text, error_code::text, error_message, state '
  'from pg_temp.item(%L)', :'lead'),
  $$values ('completed', 'duplicate_lead', 'two of a kind', '{}'::jsonb)$$,
    'the item is closed');

-- effects
select is(c.resman_sync_status, 'conflict', 'the conversation shows it')
from public.conversation c where c.id = :'lead';
select is_empty(format('select from lead_sync_private.create_intent where conversation_id = %L',
  :'lead'), 'nothing is being created any more');
select is(pg_temp.logged(:'lead'), 'create conflict duplicate_lead', 'the log has the attempt');
select collect_tap(
  is(l.response_data, '{"outcome": "ok"}', 'with the answer'),
  is(l.error_message, 'two of a kind', 'and the reason'),
  is(l.sync_data ->> 'step', 'save', 'and what was sent'))
from public.lead_sync_log l where l.conversation_id = :'lead';

-- edges: rows that cannot be locked
select pg_temp.given_lead() as lead \gset
select pg_temp.claim(:'lead');
select lead_sync_private.end_ambiguous(jsonb_populate_record(q,
    jsonb_build_object('conversation_id', gen_random_uuid())), '{"lead_id": "L3"}', 'why', null,
  null) as ended from pg_temp.item(:'lead') q \gset
select is(:'ended'::text, 'deferred', 'where the rows cannot be had the item comes back');
select results_eq(format('select status::text, error_code::text, error_message, state, '
  'next_retry_at between now() + interval ''1 s'' and clock_timestamp() + interval ''1 s'' '
  'from pg_temp.item(%L)', :'lead'), $$values ('pending', 'row_locked',
  'the conversation or its user is being written by another transaction',
  '{"lead_id": "L3"}'::jsonb, true)$$, 'in a second, with what it knew');
select is_empty(format('select from public.lead_sync_conflicts where item_id = %L',
  (pg_temp.item(:'lead')).id), 'and no conflict');

select * from finish();
rollback;
