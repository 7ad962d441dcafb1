create or replace function lead_sync_private.end_ambiguous(
  p_item public.lead_sync_queue, p_state jsonb, p_why text, p_leads jsonb, p_response jsonb)
returns text
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $fn$
begin
  if not lead_sync_private.lock_lead_rows(p_item.conversation_id) then
    perform lead_sync_private.defer_item(p_item, p_state, 'row_locked',
      'the conversation or its user is being written by another transaction', interval '1 s');
    return 'deferred';
  end if;
  perform lead_sync_private.record_conflict(p_item, null, p_item.resman_lead_id,
    jsonb_build_object('type', 'duplicate_lead', 'field', 'identity', 'severity', 'critical',
      'domiq', lead_sync_private.build_lead(p_item.conversation_id), 'resman', p_leads,
      'why', p_why));
  perform lead_sync_private.write_conversation(p_item.conversation_id, 'conflict', null);
  perform lead_sync_private.drop_create_intent(p_item.conversation_id);
  perform lead_sync_private.write_log(p_item, 'conflict',
    lead_sync_private.log_type(p_item, p_state), lead_sync_private.sent_data(p_state),
    p_response, 'duplicate_lead', p_why);
  perform lead_sync_private.close_item(p_item, 'completed', 'duplicate_lead', p_why);
  return 'conflict';
end
$fn$;
revoke all on function lead_sync_private.end_ambiguous(public.lead_sync_queue, jsonb, text, jsonb,
  jsonb) from public;
comment on function lead_sync_private.end_ambiguous(public.lead_sync_queue, jsonb, text, jsonb,
  jsonb) is
'End an item whose lead in ResMan cannot be told for sure: a critical conflict keeps what was
found, and nothing is guessed.
Returns: conflict, or deferred where DomIQ''s rows could not be locked at once.
Writes: the item, lead_sync_conflicts, conversation, lead_sync_log, create_intent.';
