create or replace trigger trigger_add_sync_queue_item_delete
  before delete on public.conversation
  for each row
  execute function lead_sync_private.bury_conversation();
comment on trigger trigger_add_sync_queue_item_delete on public.conversation is
'Leave a tombstone for a linked conversation, before its mapping goes with it.';
