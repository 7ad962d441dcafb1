create or replace function lead_sync_private.end_retire(
  p_item public.lead_sync_queue, p_state jsonb, p_response jsonb)
returns text
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $fn$
begin
  perform lead_sync_private.write_log(p_item, 'success', 'status_change',
    lead_sync_private.sent_data(p_state), p_response);
  perform lead_sync_private.close_item(p_item, 'completed');
  perform lead_sync_private.touch_integration(p_item.property_id, true);
  return 'completed';
end
$fn$;
revoke all on function lead_sync_private.end_retire(public.lead_sync_queue, jsonb, jsonb)
  from public;
comment on function lead_sync_private.end_retire(public.lead_sync_queue, jsonb, jsonb) is
'End an item that marked a lead lost in ResMan, or found that nothing was left to do.
Returns: completed. Writes: the item, lead_sync_log, resman_integration.';
