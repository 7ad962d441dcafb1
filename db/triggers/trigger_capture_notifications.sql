create or replace trigger trigger_capture_notifications
  after update on public.lead_notification
  referencing new table as new_rows
  for each statement
  execute function lead_sync_private.capture_notifications();
comment on trigger trigger_capture_notifications on public.lead_notification is
'Queue the enrichment of changed notifications.';
