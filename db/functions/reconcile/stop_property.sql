create or replace function lead_sync_private.stop_property(
  p_item public.lead_sync_queue, p_code text, p_why text)
returns uuid
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $fn$
declare
  v_item public.lead_sync_queue := p_item;
  v_id uuid;
begin
  update public.resman_integration i
  set sync_status = 'paused', status_reason = p_why, updated_at = clock_timestamp()
  where i.property_id = p_item.property_id and i.sync_status in ('active', 'error');
  select c.id into v_id
  from public.lead_sync_conflicts c
  where c.property_id = p_item.property_id and c.conflict_field = p_code
    and c.conversation_id is null and c.resolution_status in ('pending', 'manual_review');
  if v_id is null then
    v_item.conversation_id := null;
    v_id := lead_sync_private.record_conflict(v_item, null, null, jsonb_build_object(
      'type', 'data_conflict', 'field', p_code, 'severity', 'critical', 'why', p_why));
  end if;
  return v_id;
end
$fn$;
revoke all on function lead_sync_private.stop_property(public.lead_sync_queue, text, text)
  from public;
comment on function lead_sync_private.stop_property(public.lead_sync_queue, text, text) is
'Pause a property that a guard has found to go wrong, with a critical conflict that says why; its
items wait until resume_property.
Returns: the conflict''s id.
Writes: resman_integration, lead_sync_conflicts. Notifies: lead_sync_conflict.';
