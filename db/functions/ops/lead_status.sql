create or replace function lead_sync.lead_status(p_conversation_id uuid)
returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $fn$
declare
  v_lead lead_sync_private.lead;
  v_mapping public.lead_sync_mapping;
begin
  select l.* into v_lead
  from lead_sync_private.lead l where l.conversation_id = p_conversation_id;
  if not found then
    raise exception using errcode = 'LS002', message = 'no such conversation',
      hint = 'Give the id of a row of conversation.';
  end if;
  v_mapping := lead_sync_private.find_mapping(
    p_conversation_id, v_lead.user_id, v_lead.property_id);
  return (
    select jsonb_build_object(
      'conversation_id', c.id,
      'property_id', v_lead.property_id,
      'eligible', v_lead.ineligible is null,
      'reason', v_lead.ineligible,
      'suppressed', exists (
        select from lead_sync_private.tombstone t
        where t.lifted_at is null and t.property_id = v_lead.property_id)
        and lead_sync_private.is_entombed(v_lead.property_id, c.id,
          coalesce(v_mapping.resman_lead_id, c.resman_lead_id),
          lead_sync_private.build_lead(c.id, v_mapping.id)),
      'property_sync_status', i.sync_status,
      'property_status_reason', i.status_reason,
      'resman_sync_status', c.resman_sync_status,
      'resman_lead_id', coalesce(v_mapping.resman_lead_id, c.resman_lead_id),
      'contact_id', coalesce(v_mapping.contact_id, u.resman_contact_id),
      'mapping_status', v_mapping.mapping_status,
      -- another conversation's: this one follows it
      'leading_conversation_id', v_mapping.conversation_id,
      'versions', jsonb_build_object(
        'conversation', c.resman_sync_version,
        'conversation_sent', v_mapping.sync_version,
        'user', u.resman_sync_version,
        'user_sent', v_mapping.user_sync_version),
      'last_sync_at', c.resman_last_sync_at,
      'lead_last_sync_at', v_mapping.last_sync_at,
      'summary_due_at', (
        select d.due_at from lead_sync_private.summary_due d where d.conversation_id = c.id),
      'open_items', (
        select coalesce(jsonb_agg(jsonb_build_object(
          'item_id', q.id, 'sync_operation', q.sync_operation, 'status', q.status,
          'priority', q.priority, 'attempt', q.attempt, 'retry_count', q.retry_count,
          'next_retry_at', q.next_retry_at, 'error_code', q.error_code,
          'error_message', q.error_message, 'created_at', q.created_at) order by q.seq), '[]')
        from public.lead_sync_queue q
        where q.conversation_id = c.id and q.status in ('pending', 'processing', 'failed')),
      'open_conflicts', (
        select coalesce(jsonb_agg(jsonb_build_object(
          'conflict_id', k.id, 'conflict_type', k.conflict_type, 'field', k.conflict_field,
          'severity', k.conflict_severity, 'resolution_status', k.resolution_status,
          'times_seen', k.times_seen, 'created_at', k.created_at)
          order by k.created_at, k.id), '[]')
        from public.lead_sync_conflicts k
        where k.conversation_id = c.id
          and k.resolution_status in ('pending', 'manual_review')))
    from public.conversation c
    left join public."user" u on u.id = c.user_id
    left join public.resman_integration i on i.property_id = v_lead.property_id
    where c.id = p_conversation_id);
end
$fn$;
revoke all on function lead_sync.lead_status(uuid) from public;
grant execute on function lead_sync.lead_status(uuid) to lead_sync_service;
comment on function lead_sync.lead_status(uuid) is
'Say how a conversation stands: whether it is a lead and why not, whether a tombstone keeps the
person from being synced, its link with ResMan, the versions held and sent, when the chat''s summary
is told at the latest, the items that wait, are in flight or failed, and the open conflicts.
Returns: one object; no values of the lead.
Raises: LS002.';
