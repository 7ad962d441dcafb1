create or replace function lead_sync_private.fold_pending(p_item_id uuid)
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
  v_folded integer;
begin
  with survivor as (
    select q.id, q.conversation_id, q.sync_operation, q.property_id, q.sync_data
    from public.lead_sync_queue q where q.id = p_item_id
  ), others as (
    select q.id, q.priority, q.max_retries
    from survivor s
    join public.lead_sync_queue q on q.conversation_id = s.conversation_id
      and q.sync_operation = s.sync_operation and q.status = 'pending' and q.id <> s.id
    for update of q skip locked
  ), pulls as (
    select q.id, q.priority, q.max_retries
    from survivor s
    join public.lead_sync_queue q on q.property_id = s.property_id
      and q.sync_operation = 'pull' and q.status = 'pending' and q.id <> s.id
      and q.sync_data = s.sync_data
    where s.conversation_id is null and s.sync_operation = 'pull'
    for update of q skip locked
  ), folded as (
    update public.lead_sync_queue q
    set status = 'cancelled', processed_at = clock_timestamp(), updated_at = clock_timestamp(),
        next_retry_at = null, folded_into = p_item_id, error_code = 'folded',
        error_message = 'another pending item of the same conversation and operation took over'
    from (select * from others union all select * from pulls) as o where q.id = o.id
    returning o.priority
  ), most as (
    select count(*)::integer as n, max(priority) as priority from folded
  ), raised as (
    update public.lead_sync_queue q set priority = m.priority
    from most m where q.id = p_item_id and q.priority < m.priority
  )
  select m.n into v_folded from most m;
  return v_folded;
end
$fn$;
revoke all on function lead_sync_private.fold_pending(uuid) from public;
comment on function lead_sync_private.fold_pending(uuid) is
'Fold all pending items of an item''s key (a pull: what it reads) that can be locked at once into
it: values are read when they are sent, so one item says it all. The survivor takes the highest
priority.
Returns: how many were folded; they end as cancelled, with folded_into.
Locks: the folded rows, by SKIP LOCKED. Writes: lead_sync_queue.';
