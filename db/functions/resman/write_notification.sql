create or replace function lead_sync_private.write_notification(
  p_id uuid, p_type text, p_status text, p_resman_id text)
returns void
language plpgsql volatile
-- public: DomIQ's own triggers name their tables without a schema
set search_path = pg_catalog, public, pg_temp
set enable_seqscan = off
set jit = off
as $fn$
begin
  update public.lead_notification n
  set resman_sync_status = 'synced', resman_notification_id = p_resman_id,
      resman_last_sync_at = clock_timestamp()
  where n.id = p_id
    -- one that changed since it was sent travels again
    and n.notification_type is not distinct from p_type and n.status is not distinct from p_status;
end
$fn$;
revoke all on function lead_sync_private.write_notification(uuid, text, text, text) from public;
comment on function lead_sync_private.write_notification(uuid, text, text, text) is
'Mark a notification as shown in ResMan, unless its type or status has changed since it was sent.
Writes: lead_notification. DomIQ''s update triggers fire.';
