create or replace function lead_sync.take_place(p_lease_token uuid)
returns numeric
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $fn$
begin
  return (
    select coalesce((lead_sync_private.take_slots(array[q.property_id]))[1], 0)
    from public.lead_sync_queue q
    where q.lease_token = p_lease_token
      -- hidden, so that none of the indexes of what is in flight is walked
      and coalesce(q.status = 'processing', false));
end
$fn$;
revoke all on function lead_sync.take_place(uuid) from public;
grant execute on function lead_sync.take_place(uuid) to lead_sync_runner;
comment on function lead_sync.take_place(uuid) is
'Give a request whose time has passed unsent another one under the rate limits. Sent late it would
follow too closely on what was given the times before it.
Returns: the seconds to wait before it is sent, 0 for at once; null where the lease is not current.
Locks, Writes: as take_slots.';
