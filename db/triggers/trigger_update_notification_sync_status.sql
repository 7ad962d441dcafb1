create or replace trigger trigger_update_notification_sync_status
  before update on public.lead_notification
  for each row
  when (old.notification_type is distinct from new.notification_type
    or old.status is distinct from new.status)
  execute function lead_sync_private.update_notification_sync_status();
comment on trigger trigger_update_notification_sync_status on public.lead_notification is
'Stamp a row whose type or status changed.';
