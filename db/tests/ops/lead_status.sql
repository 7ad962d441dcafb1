-- lead_status: how a conversation stands, without values of the lead.
begin;
select plan(28);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync.lead_status'),
  'jsonb | stable definer | - | lead_sync_service', 'services may call it');

-- happy path: a lead that waits
select pg_temp.given_lead() as lead \gset
select lead_sync.lead_status(:'lead') as status \gset
select is(:'status'::jsonb - 'open_items', jsonb_build_object('conversation_id', :'lead',
  'property_id', pg_temp.property_of(:'lead'), 'eligible', true, 'reason', null,
  'suppressed', false,
  'property_sync_status', 'active', 'property_status_reason', null,
  'resman_sync_status', 'not_synced', 'resman_lead_id', null, 'contact_id', null,
  'mapping_status', null, 'leading_conversation_id', null,
  'versions', '{"conversation": 0, "conversation_sent": null, "user": 0,
    "user_sent": null}'::jsonb,
  'last_sync_at', null, 'lead_last_sync_at', null, 'summary_due_at', null,
  'open_conflicts', '[]'::jsonb),
  'a new lead');
select is(:'status'::jsonb -> 'open_items', (select jsonb_build_array(jsonb_build_object(
  'item_id', q.id, 'sync_operation', 'push', 'status', 'pending', 'priority', 2, 'attempt', 0,
  'retry_count', 0, 'next_retry_at', null, 'error_code', null, 'error_message', null,
  'created_at', q.created_at)) from pg_temp.item(:'lead') q), 'and its item');
select unalike(:'status'::text, '%' || u.email || '%', 'nothing of the person is shown')
from public.conversation c join public."user" u on u.id = c.user_id where c.id = :'lead';

-- a lead that is linked
select pg_temp.given_mapping(:'lead', '{"resman_lead_id": "L1", "contact_id": "P1",
  "sync_version": 4, "user_sync_version": 5, "last_sync_at": "2026-01-02T00:00:00Z"}');
update public.conversation set resman_sync_version = 6, resman_lead_id = 'L0',
  resman_last_sync_at = '2026-01-01T00:00:00Z', resman_sync_status = 'synced'
where id = :'lead';
insert into lead_sync_private.summary_due values (:'lead', '2026-01-03T00:00:00Z');
select lead_sync.lead_status(:'lead') as status \gset
select is(:'status'::jsonb - array['open_items', 'open_conflicts', 'last_sync_at',
    'lead_last_sync_at', 'summary_due_at', 'property_id', 'conversation_id', 'reason', 'eligible',
    'suppressed', 'property_sync_status', 'property_status_reason'],
  jsonb_build_object('resman_sync_status', 'synced', 'resman_lead_id', 'L1', 'contact_id', 'P1',
    'mapping_status', 'active', 'leading_conversation_id', :'lead', 'versions',
    '{"conversation": 6, "conversation_sent": 4, "user": 0, "user_sent": 5}'::jsonb),
  'its link, and the versions held and sent');
select is((:'status'::jsonb ->> k)::timestamptz, t, k)
from (values ('last_sync_at', '2026-01-01T00:00:00Z'::timestamptz),
  ('lead_last_sync_at', '2026-01-02T00:00:00Z'),
  ('summary_due_at', '2026-01-03T00:00:00Z')) as v(k, t);

-- items and conflicts
update public.lead_sync_queue set status = 'failed', attempt = 3, retry_count = 2,
  error_code = 'code', error_message = 'words', next_retry_at = '2026-01-03T00:00:00Z'
where conversation_id = :'lead';
select pg_temp.given_item(:'lead', jsonb_build_object('status', s, 'sync_operation',
  'enrichment'))
from unnest(array['completed', 'processing', 'cancelled', 'pending']) as s;
select lead_sync.lead_status(:'lead') as status \gset
select results_eq(format('select i ->> ''status'' from jsonb_array_elements(%L::jsonb '
  '-> ''open_items'') with ordinality as x(i, n) order by n', :'status'),
  array['failed', 'processing', 'pending'],
  'items that wait, are in flight or failed, by arrival');
select is((:'status'::jsonb #> '{open_items,0}') - array['item_id', 'created_at',
  'next_retry_at'],
  '{"sync_operation": "push", "status": "failed", "priority": 2, "attempt": 3, "retry_count": 2,
    "error_code": "code", "error_message": "words"}', 'what is to be known of one');
insert into public.lead_sync_conflicts (conversation_id, conflict_type, conflict_field,
  conflict_severity, resolution_status, times_seen, domiq_value, created_at)
values (:'lead', 'data_conflict', 'name', 'high', 'pending', 3, '"secret"', '2026-01-02'),
  (:'lead', 'status_conflict', 'status', 'low', 'manual_review', 1, null, '2026-01-01'),
  (:'lead', 'data_conflict', 'rent', 'low', 'resolved', 1, null, '2026-01-01'),
  (:'lead', 'data_conflict', 'pets', 'low', 'auto_resolved', 1, null, '2026-01-01');
select lead_sync.lead_status(:'lead') as status \gset
select is((select jsonb_agg(c - array['conflict_id', 'created_at'] order by n)
    from jsonb_array_elements(:'status'::jsonb -> 'open_conflicts') with ordinality as x(c, n)),
  '[{"conflict_type": "status_conflict", "field": "status", "severity": "low",
     "resolution_status": "manual_review", "times_seen": 1},
    {"conflict_type": "data_conflict", "field": "name", "severity": "high",
     "resolution_status": "pending", "times_seen": 3}]', 'open conflicts, the oldest first');
select unalike(:'status'::text, '%secret%', 'without their values');

-- edges: one that follows
select pg_temp.given_conversation(c.user_id, pg_temp.property_of(c.id)) as later
from public.conversation c where c.id = :'lead' \gset
select is(lead_sync.lead_status(:'later') ->> 'leading_conversation_id', :'lead',
  'a later conversation of the user follows the first');
select is(lead_sync.lead_status(:'later') ->> 'resman_lead_id', 'L1', 'to its lead');

-- edges: known to DomIQ's rows alone
delete from public.lead_sync_mapping;
update public."user" u set resman_contact_id = 'P0' from public.conversation c
where c.id = :'lead' and u.id = c.user_id;
select is(lead_sync.lead_status(:'lead') ->> k, v, 'without a link: ' || k)
from (values ('resman_lead_id', 'L0'), ('contact_id', 'P0')) as x(k, v);

-- edges: no lead
update public.resman_integration set sync_status = 'paused', status_reason = 'why',
  sync_direction = 'from_resman' where property_id = pg_temp.property_of(:'lead');
select is(lead_sync.lead_status(:'lead') ->> k, v, 'no lead: ' || k)
from (values ('eligible', 'false'), ('reason', 'direction'), ('property_sync_status', 'paused'),
  ('property_status_reason', 'why')) as x(k, v);
select pg_temp.given_conversation(null, pg_temp.given_property(),
  '{"chatbot_id": null}') as chat
\gset
select is(lead_sync.lead_status(:'chat') ->> 'reason', 'no_user', 'a chat without anything');

-- edges: a tombstone
create function pg_temp.suppressed(p_conversation uuid, p_values jsonb) returns jsonb
language plpgsql
as $$
begin
  delete from lead_sync_private.tombstone;
  perform pg_temp.given_tombstone(p_conversation, p_values);
  return lead_sync.lead_status(p_conversation) -> 'suppressed';
end
$$;
create function pg_temp.given_tombstone(p_conversation uuid, p_values jsonb) returns void
language sql
as $$
  insert into lead_sync_private.tombstone (property_id, conversation_id, resman_lead_id,
    contact_hashes, kind, lifted_at)
  values (pg_temp.property_of(p_conversation), (p_values ->> 'conversation_id')::uuid,
    p_values ->> 'lead_id', lead_sync_private.hash_contacts(pg_temp.property_of(p_conversation),
      p_values), 'suppressed', (p_values ->> 'lifted_at')::timestamptz)
$$;
select is(pg_temp.suppressed(:'lead', t), to_jsonb(w), 'a tombstone of ' || n)
from (values
  (jsonb_build_object('conversation_id', :'lead'), true, 'the conversation'),
  ('{"lead_id": "L0"}', true, 'its lead'),
  ((select jsonb_build_object('email', u.email) from public.conversation c
    join public."user" u on u.id = c.user_id where c.id = :'lead'), true, 'the person'),
  ('{"lead_id": "L9"}', false, 'another lead'),
  (jsonb_build_object('conversation_id', :'lead', 'lifted_at', '2026-01-01'), false,
   'the past')) as v(t, w, n);

-- errors
select throws_ok(format('select lead_sync.lead_status(%s)', i), 'LS002', 'no such conversation',
  'refused: ' || i)
from unnest(array['gen_random_uuid()', 'null']) as i;

select * from finish();
rollback;
