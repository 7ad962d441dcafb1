create or replace function lead_sync_private.disconnect_property(
  p_item public.lead_sync_queue, p_reason text)
returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $fn$
  update public.resman_integration i
  set sync_status = 'disconnected', updated_at = clock_timestamp(),
      status_reason = left('ResMan refuses the credentials: ' || p_reason, 1000)
  where i.property_id = p_item.property_id and i.sync_status in ('active', 'error')
    -- an answer to the old credentials says nothing of the new ones
    and i.credentials_changed_at < p_item.lease_started_at;
$fn$;
revoke all on function lead_sync_private.disconnect_property(public.lead_sync_queue, text)
  from public;
comment on function lead_sync_private.disconnect_property(public.lead_sync_queue, text) is
'Stop a property whose credentials ResMan refuses, until they change; its items wait.
Writes: resman_integration.';
