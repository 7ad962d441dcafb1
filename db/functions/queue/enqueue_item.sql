create or replace function lead_sync_private.enqueue_item(
  p_conversation_id uuid, p_property_id uuid, p_operation text, p_priority integer,
  p_data jsonb default '{}')
returns uuid
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
set enable_bitmapscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set enable_sort = off
set enable_incremental_sort = off
as $fn$
declare
  v_id uuid;
begin
  if current_setting('transaction_isolation') = 'read committed' then
    select j.id into v_id
    from (
      select q.id, q.seq from public.lead_sync_queue q
      -- a range in the order of one index alone: see is_in_flight
      where q.conversation_id >= p_conversation_id and q.conversation_id <= p_conversation_id
        and q.sync_operation = p_operation and q.status = 'pending' and q.priority >= p_priority
      order by q.conversation_id, q.sync_operation
      for share skip locked) as j
    order by j.seq limit 1;
  end if;
  if v_id is null then
    insert into public.lead_sync_queue
      (conversation_id, property_id, sync_operation, priority, sync_data)
    values (p_conversation_id, p_property_id, p_operation, p_priority,
            jsonb_build_object('conversation_id', p_conversation_id) || p_data)
    returning id into v_id;
    perform lead_sync_private.wake_runners();
  end if;
  return v_id;
end
$fn$;
revoke all on function lead_sync_private.enqueue_item(uuid, uuid, text, integer, jsonb) from public;
comment on function lead_sync_private.enqueue_item(uuid, uuid, text, integer, jsonb) is
'Queue one item for a conversation, or join a pending one of the same operation and no lower
priority.
A pending row is joined only if it can be locked at once: a claim that is taking it may have read
the values already. Under REPEATABLE READ or above it always inserts; a claim folds.
Returns: the item''s id.
Locks: the joined row FOR SHARE; the conversation FOR KEY SHARE (foreign key).
Notifies: lead_sync_ready, while a runner sleeps.';
