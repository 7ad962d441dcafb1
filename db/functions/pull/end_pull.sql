create or replace function lead_sync_private.end_pull(
  p_item public.lead_sync_queue, p_state jsonb)
returns text
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $fn$
begin
  return lead_sync_private.complete_item(p_item, 'update', jsonb_build_object(
    'counts', p_state -> 'counts', 'until', p_state #> '{window,until}'));
end
$fn$;
revoke all on function lead_sync_private.end_pull(public.lead_sync_queue, jsonb) from public;
comment on function lead_sync_private.end_pull(public.lead_sync_queue, jsonb) is
'End a pull that has read all its windows; the log says how many leads were read and had moved.
Returns: completed. Writes: as complete_item.';
