create or replace function lead_sync_private.mark_syncing(
  p_conversation_id uuid, p_from text, p_to text)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $fn$
begin
  if exists (select from public.conversation c
             where c.id = p_conversation_id and c.resman_sync_status = p_from)
     and lead_sync_private.lock_lead_rows(p_conversation_id) then
    perform lead_sync_private.write_conversation(p_conversation_id, p_to, null);
  end if;
end
$fn$;
revoke all on function lead_sync_private.mark_syncing(uuid, text, text) from public;
comment on function lead_sync_private.mark_syncing(uuid, text, text) is
'Show on a conversation that its push is under way, or no longer is, if its rows can be locked at
once.
Writes: conversation.';
