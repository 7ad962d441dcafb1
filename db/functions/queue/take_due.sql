create or replace function lead_sync_private.take_due(
  p_property_id uuid, p_priority integer, p_seq bigint, p_before timestamptz, p_now timestamptz,
  p_busy uuid[], p_taken uuid[], p_limit integer)
returns setof public.lead_sync_queue
language plpgsql volatile rows 10
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
  v_found integer := 0;
  v_more integer;
begin
  -- From the first on, not from the beginning: while a long transaction is open, the entries of
  -- all that has ended since stand before it.
  if p_seq is not null and p_priority is null then -- a row that somebody inserted: they come first
    return query
      select x.* from public.lead_sync_queue x
      where x.property_id >= p_property_id and x.property_id <= p_property_id
        and x.status = 'pending'
        and x.next_retry_at is null and x.created_at < p_before
        and x.priority is null and x.seq >= p_seq
        and (x.conversation_id is null or x.conversation_id <> all (p_busy))
        and x.id <> all (p_taken)
      order by x.property_id, x.priority desc, x.seq
      limit p_limit
      for update skip locked;
    get diagnostics v_found = row_count;
  elsif p_seq is not null then
    return query
      select x.* from public.lead_sync_queue x -- of its priority
      where x.property_id = p_property_id and x.status = 'pending'
        and x.next_retry_at is null and x.created_at < p_before
        and x.priority = p_priority and x.seq >= p_seq
        and (x.conversation_id is null or x.conversation_id <> all (p_busy))
        and x.id <> all (p_taken)
      order by x.property_id, x.priority desc, x.seq
      limit p_limit
      for update skip locked;
    get diagnostics v_found = row_count;
  end if;
  if p_seq is not null and v_found < p_limit then
    return query
      select x.* from public.lead_sync_queue x -- below
      where x.property_id = p_property_id and x.status = 'pending'
        and x.next_retry_at is null and x.created_at < p_before
        and x.priority < coalesce(p_priority, 4)
        and (x.conversation_id is null or x.conversation_id <> all (p_busy))
        and x.id <> all (p_taken)
      order by x.property_id, x.priority desc, x.seq
      limit p_limit - v_found
      for update skip locked;
    get diagnostics v_more = row_count;
    v_found := v_found + v_more;
  end if;
  if v_found < p_limit then
    return query
      select x.* from public.lead_sync_queue x -- retries
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
revoke all on function lead_sync_private.take_due(uuid, integer, bigint, timestamptz, timestamptz,
  uuid[], uuid[], integer) from public;
comment on function lead_sync_private.take_due(uuid, integer, bigint, timestamptz, timestamptz,
  uuid[], uuid[], integer) is
'Lock up to p_limit due items of a property: what is due at once by priority and arrival, then the
retries by the time they were due. Items of the conversations p_busy and the items p_taken are
passed over. The plan is pinned: one cached while the queue was empty must serve a million rows.
p_priority, p_seq: where the first that is due at once stands, as next_ready_property found it; a
null p_seq: there is none.
p_before: what was queued before is due; p_now: the time for retries.
Returns: the locked rows, still pending.
Locks: the rows FOR UPDATE, by SKIP LOCKED.';
