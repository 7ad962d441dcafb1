create or replace function lead_sync_private.take_ready(
  p_place tid, p_property_id uuid, p_before timestamptz, p_busy uuid[])
returns public.lead_sync_queue
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set jit = off
as $fn$
declare
  v_result public.lead_sync_queue;
begin
  select x.* into v_result
  from public.lead_sync_queue x
  where x.ctid = p_place
    -- the place may hold another row by now
    and x.property_id = p_property_id and x.status = 'pending'
    and x.next_retry_at is null and x.created_at < p_before
    and (x.conversation_id is null or x.conversation_id <> all (p_busy))
  for update skip locked;
  return v_result;
end
$fn$;
revoke all on function lead_sync_private.take_ready(tid, uuid, timestamptz, uuid[]) from public;
comment on function lead_sync_private.take_ready(tid, uuid, timestamptz, uuid[]) is
'Lock the item that next_ready_property has just found: by its place, which spares the claim a
second way down the index.
p_before: what was queued before is due; p_busy: conversations in flight.
Returns: the locked row, still pending; all null where it is not due, is busy, is locked or has
moved. take_due then finds another.
Locks: the row FOR UPDATE, by SKIP LOCKED.';
