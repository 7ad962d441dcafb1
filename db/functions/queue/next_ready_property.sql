create or replace function lead_sync_private.next_ready_property(
  p_after uuid, out property_id uuid, out place tid, out priority integer, out seq bigint)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
set enable_bitmapscan = off
set enable_sort = off
set enable_incremental_sort = off
as $fn$
begin
  select q.property_id, q.ctid, q.priority, q.seq into property_id, place, priority, seq
  from public.lead_sync_queue q
  where q.status = 'pending' and q.next_retry_at is null and q.property_id > p_after
  order by q.property_id, q.priority desc, q.seq limit 1;
end
$fn$;
revoke all on function lead_sync_private.next_ready_property(uuid) from public;
comment on function lead_sync_private.next_ready_property(uuid) is
'Name the next property after p_after that has items due at once.
Returns: the property, null after the last; the place of its first item, and where that
stands in the property''s order.';
