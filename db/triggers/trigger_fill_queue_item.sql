create or replace trigger trigger_fill_queue_item
  before insert on public.lead_sync_queue
  for each row
  when (new.property_id is null and new.conversation_id is not null)
  execute function lead_sync_private.fill_queue_item();
comment on trigger trigger_fill_queue_item on public.lead_sync_queue is
'Complete rows that other code inserts directly; the package''s own name their property.';
