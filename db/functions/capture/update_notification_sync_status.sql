create or replace function lead_sync_private.update_notification_sync_status()
returns trigger
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $fn$
begin
  if current_setting('lead_sync.stamped', true) = 'on' is not true then
    perform set_config('lead_sync.stamped', 'on', true);
  end if;
  new.resman_sync_status := 'not_synced';
  new.resman_capture_mark := txid_current();
  return new;
end
$fn$;
revoke all on function lead_sync_private.update_notification_sync_status() from public;
comment on function lead_sync_private.update_notification_sync_status() is
'Stamp a notification whose type or status changed: it travels again, as a new event. Trigger.';
