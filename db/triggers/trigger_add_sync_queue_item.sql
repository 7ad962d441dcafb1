create or replace trigger trigger_add_sync_queue_item
  after update on public.conversation
  referencing new table as new_rows
  for each statement
  when (current_setting('lead_sync.stamped', true) <> '') -- most write nothing that is synced
  execute function public.add_sync_queue_item();
comment on trigger trigger_add_sync_queue_item on public.conversation is
'Queue the pushes of the rows that this statement changed.';
