create or replace function lead_sync_private.take_due(
  p_property_id uuid, p_before timestamptz, p_now timestamptz, p_busy uuid[], p_taken uuid[],
  p_limit integer)
returns setof public.lead_sync_queue
language plpgsql volatile rows 10
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
set enable_bitmapscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set enable_sort = off
as $fn$
declare
  v_found integer;
begin
  return query
    select x.* from public.lead_sync_queue x
    where x.property_id = p_property_id and x.status = 'pending'
      and x.next_retry_at is null and x.created_at < p_before
      and (x.conversation_id is null or x.conversation_id <> all (p_busy))
      and x.id <> all (p_taken)
    order by x.property_id, x.priority desc, x.seq
    limit p_limit
    for update skip locked;
  get diagnostics v_found = row_count;
  if v_found < p_limit then
    return query
      select x.* from public.lead_sync_queue x
      where x.property_id = p_property_id and x.status = 'pending'
        and x.next_retry_at <= p_now and x.created_at < p_before
        and (x.conversation_id is null or x.conversation_id <> all (p_busy))
        and x.id <> all (p_taken)
      order by x.property_id, x.next_retry_at
      limit p_limit - v_found
      for update skip locked;
  end if;
end
$fn$;
revoke all on function lead_sync_private.take_due(uuid, timestamptz, timestamptz, uuid[], uuid[],
  integer) from public;
comment on function lead_sync_private.take_due(uuid, timestamptz, timestamptz, uuid[], uuid[],
  integer) is
'Lock up to p_limit due items of a property: what is due at once by priority and arrival, then the
retries by the time they were due. Items of the conversations p_busy and the items p_taken are
passed over. The plan is pinned: one cached while the queue was empty must serve a million rows.
p_before: what was queued before is due; p_now: the time for retries.
Returns: the locked rows, still pending.
Locks: the rows FOR UPDATE, by SKIP LOCKED.';
