create or replace function lead_sync_private.mark_owed()
returns integer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
set enable_bitmapscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $fn$
declare
  v_item record;
  v_count integer := 0;
begin
  for v_item in
    select q.id, q.conversation_id, q.seq, q.status from public.lead_sync_queue q
    where q.status in ('failed', 'cancelled') and q.owed
    order by q.id
    limit 100
    for update skip locked
  loop
    if v_item.status = 'cancelled' then
      continue when not lead_sync_private.clear_syncing(v_item.conversation_id, v_item.id);
    -- a later item of the conversation has its own say
    elsif not exists (select from public.lead_sync_queue n
                   where n.conversation_id = v_item.conversation_id and n.seq > v_item.seq
                     and n.status <> 'cancelled') then
      continue when not lead_sync_private.lock_lead_rows(v_item.conversation_id);
      perform lead_sync_private.write_conversation(v_item.conversation_id, 'failed', null);
    end if;
    update public.lead_sync_queue q set state = q.state - 'owed' where q.id = v_item.id;
    v_count := v_count + 1;
  end loop;
  return v_count;
end
$fn$;
revoke all on function lead_sync_private.mark_owed() from public;
comment on function lead_sync_private.mark_owed() is
'Mark the conversations of dead letters and cancelled items whose rows could not be locked when
these ended.
Returns: how many.
Locks: DomIQ''s rows only if they can be had at once. Writes: conversation, lead_sync_queue.';
