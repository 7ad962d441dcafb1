create or replace function lead_sync_private.complete_item(
  p_item public.lead_sync_queue, p_type text, p_sent jsonb, p_response jsonb default null)
returns text
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $fn$
begin
  perform lead_sync_private.write_log(p_item, 'success', p_type, p_sent, p_response);
  perform lead_sync_private.close_item(p_item, 'completed');
  perform lead_sync_private.touch_integration(p_item.property_id, true);
  return 'completed';
end
$fn$;
revoke all on function lead_sync_private.complete_item(public.lead_sync_queue, text, jsonb, jsonb)
  from public;
comment on function lead_sync_private.complete_item(public.lead_sync_queue, text, jsonb, jsonb) is
'End an item that did what it was queued for and left nothing in DomIQ''s rows to write: a pull that
has read all its windows, a sweep, a lead that was retired.
p_type: lead_sync_log.sync_type.
Returns: completed. Writes: the item, lead_sync_log, resman_integration.';
