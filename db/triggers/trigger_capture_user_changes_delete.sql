-- without a condition: a link, or a create that is on its way, need not show on the user's row
create or replace trigger trigger_capture_user_changes_delete
  before delete on public."user"
  for each row
  execute function lead_sync_private.bury_user();
comment on trigger trigger_capture_user_changes_delete on public."user" is
'Leave a tombstone for each lead of the user that is linked or on its way.';
