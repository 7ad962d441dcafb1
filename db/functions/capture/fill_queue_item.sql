create or replace function lead_sync_private.fill_queue_item()
returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
set enable_bitmapscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set enable_sort = off
set enable_incremental_sort = off
as $fn$
begin
  select l.property_id into new.property_id
  from lead_sync_private.lead l where l.conversation_id = new.conversation_id;
  if new.status = 'pending' and current_setting('transaction_isolation') = 'read committed' then
    perform from public.lead_sync_queue q
    -- a range in the order of one index alone: see is_in_flight
    where q.conversation_id >= new.conversation_id and q.conversation_id <= new.conversation_id
      and q.sync_operation = new.sync_operation and q.status = 'pending'
      and q.priority >= new.priority
    order by q.conversation_id, q.sync_operation
    limit 1
    for share skip locked;
    if found then
      return null;
    end if;
  end if;
  perform lead_sync_private.wake_runners();
  return new;
end
$fn$;
revoke all on function lead_sync_private.fill_queue_item() from public;
comment on function lead_sync_private.fill_queue_item() is
'Complete a row that other code inserts into the queue directly: its property; a second pending row
of a conversation and operation joins the first, without an error, unless it is more urgent: then
a claim folds them. Trigger.';
