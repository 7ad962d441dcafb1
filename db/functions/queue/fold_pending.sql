create or replace function lead_sync_private.fold_pending(p_item_id uuid)
returns integer
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
  v_item public.lead_sync_queue;
  v_others uuid[];
  v_priority integer;
begin
  select q.* into v_item from public.lead_sync_queue q where q.id = p_item_id;
  -- By parameters, not in one statement with joins: planned among few rows, a join by id walks
  -- whole indexes.
  if v_item.conversation_id is not null then
    select array_agg(o.id), max(o.priority) into v_others, v_priority
    from (
      select q.id, q.priority from public.lead_sync_queue q
      -- a range in the order of one index alone: see is_in_flight
      where q.conversation_id >= v_item.conversation_id
        and q.conversation_id <= v_item.conversation_id
        and q.sync_operation = v_item.sync_operation
        and q.status = 'pending' and q.id <> p_item_id
      order by q.conversation_id, q.sync_operation
      for update skip locked) as o;
  elsif v_item.sync_operation = 'pull' then
    select array_agg(o.id), max(o.priority) into v_others, v_priority
    from (
      select q.id, q.priority from public.lead_sync_queue q
      where q.property_id = v_item.property_id and q.sync_operation = 'pull'
        and q.status = 'pending' and q.id <> p_item_id and q.sync_data = v_item.sync_data
      for update skip locked) as o;
  end if;
  if v_others is null then
    return 0;
  end if;
  update public.lead_sync_queue q
  set status = 'cancelled', processed_at = clock_timestamp(), updated_at = clock_timestamp(),
      next_retry_at = null, folded_into = p_item_id, error_code = 'folded',
      error_message = 'another pending item of the same conversation and operation took over'
  where q.id = any (v_others);
  update public.lead_sync_queue q set priority = v_priority
  where q.id = p_item_id and q.priority < v_priority;
  return cardinality(v_others);
end
$fn$;
revoke all on function lead_sync_private.fold_pending(uuid) from public;
comment on function lead_sync_private.fold_pending(uuid) is
'Fold all pending items of an item''s key (a pull: what it reads) that can be locked at once into
it: values are read when they are sent, so one item says it all. The survivor takes the highest
priority.
Returns: how many were folded; they end as cancelled, with folded_into.
Locks: the folded rows, by SKIP LOCKED. Writes: lead_sync_queue.';
