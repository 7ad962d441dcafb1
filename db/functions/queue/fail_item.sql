create or replace function lead_sync_private.fail_item(
  p_item public.lead_sync_queue, p_state jsonb, p_code text, p_message text, p_response jsonb,
  p_settled boolean default false)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $fn$
declare
  v_owed jsonb := '{}'::jsonb;
begin
  if p_state ->> 'step' is null or not lead_sync_private.lock_lead_rows(p_item.conversation_id)
  then
    -- A claim writes no row of DomIQ's, and nobody is waited for: run_schedule pays this later.
    v_owed := '{"owed": true}'::jsonb;
  else
    perform lead_sync_private.write_conversation(p_item.conversation_id, 'failed', null);
  end if;
  if p_state ? 'sent' and not p_settled then
    v_owed := v_owed || jsonb_build_object('sent', p_state -> 'sent');
  else
    perform lead_sync_private.drop_create_intent(p_item.conversation_id);
  end if;
  perform lead_sync_private.write_log(p_item, 'failed',
    lead_sync_private.log_type(p_item, p_state), lead_sync_private.sent_data(p_state),
    p_response, p_code, p_message);
  perform lead_sync_private.close_item(p_item, 'failed', p_code, p_message, v_owed);
end
$fn$;
revoke all on function lead_sync_private.fail_item(public.lead_sync_queue, jsonb, text, text, jsonb,
  boolean)
  from public;
comment on function lead_sync_private.fail_item(public.lead_sync_queue, jsonb, text, text, jsonb,
  boolean) is
'Make an item a dead letter: it waits for an edit or for requeue_item.
p_settled: ResMan has answered the last save, so its outcome is known.
Writes: the item, lead_sync_log, create_intent; the conversation''s resman_sync_status, or a note
that this is owed where the row cannot be locked at once.';
