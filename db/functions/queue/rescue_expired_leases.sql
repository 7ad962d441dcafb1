create or replace function lead_sync.rescue_expired_leases(p_limit integer default 100)
returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
-- All that runs beneath keeps one plan for all values, and no plan of tiny tables: see CONVENTIONS.
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
set lock_timeout = '500ms'
as $fn$
declare
  v_item public.lead_sync_queue;
  v_count integer := 0;
begin
  if p_limit is null or p_limit not between 1 and 10000 then
    raise exception using errcode = 'LS001', message = 'limit is out of range',
      hint = 'Rescue 1 to 10000 items at a time.';
  end if;
  for v_item in
    select q.* from public.lead_sync_queue q
    where q.status = 'processing' and q.lease_until < (select clock_timestamp())
    order by q.lease_until
    limit p_limit
    for update skip locked
  loop
    perform lead_sync_private.retry_item(v_item, v_item.state, true, 'lease_expired',
      'the runner that held the item was not heard of again', null,
      case when v_item.state ->> 'step' = 'save'
        then lead_sync_private.settle_time(v_item.property_id) end);
    v_count := v_count + 1;
  end loop;
  return v_count;
end
$fn$;
revoke all on function lead_sync.rescue_expired_leases(integer) from public;
grant execute on function lead_sync.rescue_expired_leases(integer) to lead_sync_runner;
comment on function lead_sync.rescue_expired_leases(integer) is
'Bring items whose lease has expired back to pending, at max_retries to failed. Where a save may
have been on its way the item waits the settle time and then reads before it writes.
Returns: how many were rescued.
Raises: LS001.
Locks: the expired rows, by SKIP LOCKED. Writes: as a retry or a failure does.';
