create or replace trigger trigger_update_conversation_sync_status
  before update on public.conversation
  for each row
  execute function public.update_conversation_sync_status();
comment on trigger trigger_update_conversation_sync_status on public.conversation is
'Stamp a row whose synced fields changed. It has no condition: see the function.';
