create or replace function lead_sync_private.update_notification_sync_status()
returns trigger
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $fn$
begin
  new.resman_sync_status := 'not_synced';
  -- the setting: as in update_conversation_sync_status
  new.resman_capture_mark := set_config('lead_sync.stamped', txid_current()::text, true)::bigint;
  return new;
end
$fn$;
revoke all on function lead_sync_private.update_notification_sync_status() from public;
comment on function lead_sync_private.update_notification_sync_status() is
'Stamp a notification whose type or status changed: it travels again, as a new event. Trigger.';
