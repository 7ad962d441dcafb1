create or replace trigger trigger_update_user_sync_status
  before update on public."user"
  for each row
  when (old.first_name is distinct from new.first_name
    or old.last_name is distinct from new.last_name
    or old.email is distinct from new.email
    or old.phone is distinct from new.phone)
  execute function public.update_user_sync_status();
comment on trigger trigger_update_user_sync_status on public."user" is
'Stamp a row whose synced fields changed. An edit of anything else does not fire it.';
