create or replace function lead_sync.lead_history(p_conversation_id uuid)
returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $fn$
declare
  v_lead lead_sync_private.lead;
  v_mapping public.lead_sync_mapping;
  v_ids uuid[];
begin
  select l.* into v_lead
  from lead_sync_private.lead l where l.conversation_id = p_conversation_id;
  if not found then
    raise exception using errcode = 'LS002', message = 'no such conversation',
      hint = 'Give the id of a row of conversation.';
  end if;
  v_mapping := lead_sync_private.find_mapping(p_conversation_id, v_lead.user_id,
    v_lead.property_id);
  v_ids := lead_sync_private.link_conversations(p_conversation_id, v_mapping.id);
  return jsonb_build_object(
    'conversation_id', p_conversation_id,
    'resman_lead_id', v_mapping.resman_lead_id,
    'changes', (
      select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
        'at', f.changed_at, 'field', f.field_group, 'kind', f.kind,
        'changed_in', case f.kind when 'push' then 'domiq' when 'pull' then 'resman' end,
        'domiq_from', f.old_domiq, 'domiq_to', f.new_domiq, 'resman_from', f.old_resman,
        'resman_to', f.new_resman, 'policy', f.policy, 'conflict_id', f.conflict_id,
        'item_id', f.item_id)) order by f.changed_at, f.id), '[]')
      from lead_sync_private.field_change f where f.mapping_id = v_mapping.id),
    'conflicts', (
      select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
        'conflict_id', c.id, 'at', c.created_at, 'field', c.conflict_field,
        'type', c.conflict_type, 'status', c.resolution_status, 'policy', c.policy,
        'winner', c.winner, 'resolved_at', c.resolved_at, 'resolved_by', c.resolved_by,
        'kept', c.loser_value)) order by c.created_at, c.id), '[]')
      from public.lead_sync_conflicts c where c.conversation_id = any (v_ids)),
    'attempts', (
      select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
        'at', l.created_at, 'operation', l.sync_operation, 'type', l.sync_type,
        'status', l.sync_status, 'attempt', l.attempt, 'error_code', l.error_code,
        'pushed', l.sync_data -> 'pushed', 'details', l.conflict_details,
        'item_id', l.item_id)) order by l.created_at, l.id), '[]')
      from public.lead_sync_log l where l.conversation_id = any (v_ids)));
end
$fn$;
revoke all on function lead_sync.lead_history(uuid) from public;
grant execute on function lead_sync.lead_history(uuid) to lead_sync_service;
comment on function lead_sync.lead_history(uuid) is
'Tell a lead''s history: who changed each field when, from what to what, and which policy or conflict
decided; its conflicts with the values that were kept; and the attempts that were made.
Returns: {"changes","conflicts","attempts"}, oldest first; what was archived is not in it.
Raises: LS002.';
