create or replace trigger trigger_capture_user_changes
  after update on public."user"
  referencing new table as new_rows
  for each statement
  when (current_setting('lead_sync.stamped', true) <> '') -- most write nothing that is synced
  execute function lead_sync_private.capture_user_changes();
comment on trigger trigger_capture_user_changes on public."user" is
'Queue the pushes of the changed users'' conversations.';
