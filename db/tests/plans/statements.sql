-- The plans of what claims, answers, captures and the archive do with large tables: the same
-- index whether a session made the plan on empty tables, among few rows or among many.
begin;
select plan(180);
\i db/tests/support/plans.psql

create temporary table statement (
  number integer generated always as identity, routine text, starts text, ends text,
  types jsonb, wanted text, few text); -- few: where it may be another one among few rows
insert into statement (routine, starts, ends, types, wanted, few) values
('lead_sync_private.take_due', 'select x.* from public.lead_sync_queue x', ';',
  '{"p_property_id": "uuid", "p_seq": "bigint", "p_before": "timestamptz", "p_busy": "uuid[]",
    "p_taken": "uuid[]", "p_limit": "integer"}', 'idx_lead_sync_queue_ready', null),
('lead_sync_private.take_due', E'select x.* from public.lead_sync_queue x -- of its', ';',
  '{"p_property_id": "uuid", "p_priority": "integer", "p_seq": "bigint",
    "p_before": "timestamptz", "p_busy": "uuid[]", "p_taken": "uuid[]", "p_limit": "integer"}',
  'idx_lead_sync_queue_ready', null),
('lead_sync_private.take_due', E'select x.* from public.lead_sync_queue x -- below', ';',
  '{"p_property_id": "uuid", "p_priority": "integer", "p_before": "timestamptz",
    "p_busy": "uuid[]", "p_taken": "uuid[]", "p_limit": "integer", "v_found": "integer"}',
  'idx_lead_sync_queue_ready', null),
('lead_sync_private.take_due', E'select x.* from public.lead_sync_queue x -- retries', ';',
  '{"p_property_id": "uuid", "p_before": "timestamptz", "p_now": "timestamptz",
    "p_busy": "uuid[]", "p_taken": "uuid[]", "p_limit": "integer", "v_found": "integer"}',
  'idx_lead_sync_queue_later', null),
('lead_sync_private.next_ready_property', 'select q.property_id', ';',
  '{"p_after": "uuid"}', 'idx_lead_sync_queue_ready', null),
('lead_sync_private.due_retry_properties', 'select array_agg(', ';',
  '{"p_now": "timestamptz"}', 'idx_lead_sync_queue_next_retry', null),
('lead_sync_private.due_retry_properties', 'select q.property_id, q.next_retry_at', ';',
  '{"v_property": "uuid"}', 'idx_lead_sync_queue_later', null),
('lead_sync_private.open_gate', 'select count(*)::integer, coalesce', ';',
  '{"p_property_id": "uuid", "p_low": "bigint", "v_most": "integer"}',
  'idx_lead_sync_queue_busy', null),
('lead_sync_private.open_gate', 'select count(*)::integer
      from', '));', '{"p_low": "bigint", "v_limits.partner": "text"}',
  'idx_lead_sync_queue_busy', null),
('lead_sync_private.claim_low_water', 'select q.claim_number', ';', '{"v_low": "bigint"}',
  'idx_lead_sync_queue_claimed', null),
('lead_sync_private.claim_one', 'select coalesce(m.conversation_id', ';',
  '{"p_candidate.sync_operation": "text", "p_candidate.sync_data": "jsonb",
    "p_candidate.property_id": "uuid", "p_candidate.id": "uuid", "v_conversation_id": "uuid"}',
  'conversation_pkey, idx_conversation_user, lead_sync_mapping_pkey, '
  'uq_lead_sync_mapping_conversation, uq_lead_sync_mapping_resman_lead', null),
('lead_sync_private.is_in_flight', 'select q.id into', ';',
  '{"p_conversation_id": "uuid", "p_but": "uuid"}', 'uq_lead_sync_queue_in_flight', null),
('lead_sync_private.is_in_flight', E'select q.id into v_id -- by', ';',
  '{"p_lane": "uuid", "p_but": "uuid"}', 'uq_lead_sync_queue_lane_in_flight', null),
('lead_sync_private.claim_one', 'select q.*', E'\n  loop',
  '{"v_conversation_id": "uuid", "p_candidate.sync_operation": "text"}',
  'idx_lead_sync_queue_pending_key', null),
('lead_sync_private.fold_pending', 'select q.* into', ';', '{"p_item_id": "uuid"}',
  'lead_sync_queue_pkey', null),
('lead_sync_private.fold_pending', 'select array_agg(', ';',
  '{"p_item_id": "uuid", "v_item.conversation_id": "uuid", "v_item.sync_operation": "text"}',
  'idx_lead_sync_queue_pending_key', null),
('lead_sync_private.fold_pending', 'update public.lead_sync_queue q', ';',
  '{"p_item_id": "uuid", "v_others": "uuid[]"}', 'lead_sync_queue_pkey', null),
('lead_sync.extend_leases', 'update', ';',
  '{"p_lease": "interval", "p_lease_tokens": "uuid[]"}',
  'lead_sync_queue_pkey, uq_lead_sync_queue_lease_token', null),
('lead_sync.take_place', 'select coalesce', ');', '{"p_lease_token": "uuid"}',
  'uq_lead_sync_queue_lease_token', null),
('lead_sync_private.enqueue_item', 'select j.id into', ';',
  '{"p_conversation_id": "uuid", "p_operation": "text", "p_priority": "integer"}',
  'idx_lead_sync_queue_pending_key', null),
('lead_sync_private.fill_queue_item', 'from public.lead_sync_queue', ';',
  '{"new.conversation_id": "uuid", "new.sync_operation": "text", "new.priority": "integer"}',
  'idx_lead_sync_queue_pending_key', null),
('lead_sync_private.capture_conversations', 'insert into', ';',
  '{"v_ids": "uuid[]", "p_operation": "text", "p_priority": "integer", "p_event": "text",
    "p_written": "boolean"}', 'conversation_pkey, user_pkey', null),
('lead_sync_private.capture_conversations', 'select i.id from unnest', ');',
  '{"v_ids": "uuid[]", "p_operation": "text", "p_priority": "integer"}',
  'idx_lead_sync_queue_pending_key', null),
('lead_sync.rescue_expired_leases', 'select q.*', E'\n  loop', '{"p_limit": "integer"}',
  'idx_lead_sync_queue_lease', 'idx_lead_sync_queue_lease or idx_lead_sync_queue_claimed'),
('lead_sync_private.next_item_at', 'with due', ';', '{}',
  'idx_lead_sync_queue_lease, idx_lead_sync_queue_next_retry, idx_pulled_lead_turn',
  'idx_lead_sync_queue_lease, idx_lead_sync_queue_next_retry, idx_lead_sync_queue_pending_key, '
    'idx_pulled_lead_turn or idx_lead_sync_queue_lease, idx_lead_sync_queue_next_retry, '
    'idx_lead_sync_queue_status_priority, idx_pulled_lead_turn'),
('lead_sync_private.take_answer', 'select q.*', ';', '{"p_item_id": "uuid"}',
  'lead_sync_queue_pkey', null),
('lead_sync_private.finish_item', 'update', ';', '{"v_item.conversation_id": "uuid"}',
  'idx_lead_sync_queue_pending_key, lead_sync_queue_pkey', null),
('lead_sync_private.finish_rows', 'select from public.lead_sync_conflicts', E')\n    or',
  '{"p_item.conversation_id": "uuid"}', 'idx_lead_sync_conflicts_conversation', null),
('lead_sync_private.is_held', 'select from', ');', '{"p_conversation_id": "uuid"}',
  'idx_lead_sync_conflicts_conversation', null),
('lead_sync_private.clear_syncing', 'select from public.lead_sync_queue', E')\n  then',
  '{"p_conversation_id": "uuid", "p_item_id": "uuid"}', 'idx_lead_sync_queue_conversation',
  null),
('lead_sync_private.lock_lead_rows', 'from public.conversation', ';',
  '{"p_conversation_id": "uuid"}', 'conversation_pkey', null),
('lead_sync_private.build_lead', 'select u.first_name', ';', '{"p_conversation_id": "uuid"}',
  'conversation_pkey, user_pkey', null),
('lead_sync_private.build_lead', 'select c.move_in_date', E'\n  loop', '{"v_ids": "uuid[]"}',
  'conversation_pkey', null),
('lead_sync_private.plan_identity', 'select c.user_id', ';',
  '{"p_item.conversation_id": "uuid"}',
  'conversation_pkey, uq_lead_sync_mapping_resman_lead, user_pkey', null),
('lead_sync_private.find_mapping', 'select m.*', ';', '{"p_conversation_id": "uuid"}',
  'uq_lead_sync_mapping_conversation', null),
('lead_sync_private.find_mapping',
  E'select m.* into v_mapping\n    from public.lead', ';',
  '{"p_conversation_id": "uuid"}', 'lead_sync_mapping_pkey', null),
('lead_sync_private.find_mapping', E'select m.* into v_mapping\n    from public.conv', ';',
  '{"p_user_id": "uuid", "p_property_id": "uuid"}',
  'idx_conversation_user, uq_lead_sync_mapping_conversation', null),
('lead_sync_private.stage_leads', 'with seen', ';',
  '{"p_item.property_id": "uuid", "p_item.id": "uuid", "p_leads": "jsonb",
    "p_issued_at": "timestamptz", "p_from": "timestamptz"}',
  'uq_lead_sync_mapping_resman_lead', null),
('lead_sync_private.take_staged', 'select p.*', ';',
  '{"p_property_id": "uuid", "p_limit": "integer", "p_linked": "boolean"}',
  'idx_pulled_lead_turn, uq_lead_sync_mapping_resman_lead', null),
('lead_sync_private.take_plain', 'select r.id', E');\n\n',
  '{"p_rows": "lead_sync_private.pulled_lead[]", "p_property_id": "uuid"}',
  'conversation_pkey, uq_lead_sync_mapping_resman_lead, user_pkey', null),
('lead_sync_private.take_plain', 'select r.id, r.item_id', E'\n  loop',
  '{"p_rows": "lead_sync_private.pulled_lead[]", "p_property_id": "uuid", "p_rules": "jsonb",
    "v_ids": "bigint[]"}',
  'conversation_pkey, idx_lead_sync_conflicts_conversation, '
  'uq_lead_sync_mapping_resman_lead, user_pkey', null),
('lead_sync_private.expect_values', 'update', ';',
  '{"p_mapping_ids": "uuid[]", "p_domiq": "jsonb[]"}', 'lead_sync_mapping_pkey', null),
('lead_sync_private.write_plain', 'update', ';',
  '{"p_pulls": "lead_sync_private.plain_pull[]", "v_now": "timestamptz"}',
  'conversation_pkey, lead_sync_mapping_pkey, user_pkey', null),
('lead_sync_private.write_conversation_values', 'update public.conversation c', ';',
  '{"p_ids": "uuid[]", "p_values": "jsonb[]", "p_in_step": "text[]"}',
  'conversation_pkey', null),
('public.archive_old_sync_logs', 'with moved', ';',
  '{"p_retention": "interval", "p_batch": "integer"}',
  'idx_lead_sync_log_created, lead_sync_log_pkey', '-'),
('public.archive_resolved_conflicts', 'with moved', ';',
  '{"p_retention": "interval", "p_batch": "integer"}',
  'idx_lead_sync_conflicts_closed, lead_sync_conflicts_pkey', '-'),
('lead_sync_private.is_flooding', 'select from public.lead_sync_log', E');\nend',
  '{"p_property_id": "uuid", "v_limit": "integer"}',
  'idx_lead_sync_conflicts_guard, idx_lead_sync_log_property_created', '-'),
('public.cleanup_old_queue_items', 'with moved', ';',
  '{"p_retention": "interval", "p_batch": "integer"}',
  'idx_lead_sync_queue_ended, lead_sync_queue_pkey', '-');

create function pg_temp.checked(p_rows text, p_few boolean default true) returns setof text
language sql
as $$
  select is(p.found,
    pg_temp.expected(p.found, case when p_few then coalesce(s.few, s.wanted) else s.wanted end),
    format('%s of %s, %s', btrim(left(s.starts, 30), E'\n '), s.routine, p_rows))
  from statement s, lateral (
    select pg_temp.plan_of(s.routine::regproc, s.starts, s.ends, s.types) as found) as p
  where not p_few or s.few is distinct from '-' order by s.number
$$;

insert into pg_temp.big values ('conversation'), ('user'), ('lead_sync_mapping'),
  ('lead_sync_queue'), ('lead_sync_log'), ('lead_sync_conflicts'), ('pulled_lead');
select pg_temp.checked('planned on empty tables');
select pg_temp.given_installation(1, 4);
analyze;
select pg_temp.checked('planned among few rows');
select pg_temp.given_installation(5, 20000);
analyze;
select pg_temp.checked('planned among many rows', false);
-- When nothing waits and nothing is in flight, all indexes of that look alike.
update public.lead_sync_queue set status = 'completed', next_retry_at = null, lane = null,
  lease_token = null, lease_until = null;
analyze;
select pg_temp.checked('planned while nothing waits');

select * from finish();
rollback;
