create or replace trigger trigger_capture_user_changes_delete
  before delete on public."user"
  for each row
  when (old.resman_contact_id is not null)
  execute function lead_sync_private.bury_user();
comment on trigger trigger_capture_user_changes_delete on public."user" is
'Leave a tombstone for each linked lead of the user.';
