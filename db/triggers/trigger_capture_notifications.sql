create or replace trigger trigger_capture_notifications
  after update on public.lead_notification
  referencing new table as new_rows
  for each statement
  when (current_setting('lead_sync.stamped', true) <> '') -- most write nothing that is synced
  execute function lead_sync_private.capture_notifications();
comment on trigger trigger_capture_notifications on public.lead_notification is
'Queue the enrichment of changed notifications.';
