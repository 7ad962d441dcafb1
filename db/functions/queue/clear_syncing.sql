create or replace function lead_sync_private.clear_syncing(
  p_conversation_id uuid, p_item_id uuid)
returns boolean
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $fn$
begin
  if not exists (select from public.conversation c
                 where c.id = p_conversation_id and c.resman_sync_status = 'syncing')
     or exists (select from public.lead_sync_queue q
                where q.conversation_id = p_conversation_id and q.id is distinct from p_item_id
                  and q.status in ('pending', 'processing')
                  and q.sync_operation <> 'enrichment')
  then
    return true;
  elsif not lead_sync_private.lock_lead_rows(p_conversation_id) then
    return false;
  end if;
  perform lead_sync_private.mark_syncing(p_conversation_id, 'syncing', 'not_synced');
  return true;
end
$fn$;
revoke all on function lead_sync_private.clear_syncing(uuid, uuid) from public;
comment on function lead_sync_private.clear_syncing(uuid, uuid) is
'Set a conversation that is syncing back to not_synced, unless another item than the one
that ends here still waits or is in flight and will say how it ended.
p_item_id: null where all that end have been written already.
Returns: false where that is due but DomIQ''s rows cannot be locked at once.
Locks: as lock_lead_rows. Writes: conversation.';
