create or replace function lead_sync_private.end_pull(
  p_item public.lead_sync_queue, p_state jsonb, p_response jsonb)
returns text
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $fn$
begin
  perform lead_sync_private.write_log(p_item, 'success', 'update',
    jsonb_build_object('counts', p_state -> 'counts', 'until', p_state #> '{window,until}'),
    p_response);
  perform lead_sync_private.close_item(p_item, 'completed');
  perform lead_sync_private.touch_integration(p_item.property_id, true);
  return 'completed';
end
$fn$;
revoke all on function lead_sync_private.end_pull(public.lead_sync_queue, jsonb, jsonb) from public;
comment on function lead_sync_private.end_pull(public.lead_sync_queue, jsonb, jsonb) is
'End a pull that has read all its windows.
Returns: completed. Writes: the item, lead_sync_log, resman_integration.';
