create or replace function lead_sync.extend_leases(p_lease_tokens uuid[], p_lease interval)
returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $fn$
declare
  v_count integer;
begin
  if p_lease is null or p_lease <= interval '0' or p_lease > interval '1 hour' then
    raise exception using errcode = 'LS001', message = 'lease is out of range',
      hint = 'Lease items for more than nothing and at most one hour.';
  end if;
  update public.lead_sync_queue q
  set lease_until = greatest(q.lease_until, clock_timestamp() + p_lease)
  where q.id = any (array(
    select h.id from public.lead_sync_queue h
    where h.lease_token = any (p_lease_tokens)
      -- hidden, so that none of the indexes of what is in flight is walked
      and coalesce(h.status = 'processing', false)
      -- a runner that hangs may not hold a lead for ever
      and h.lease_started_at > clock_timestamp() - interval '1 hour'
    for update skip locked));
  get diagnostics v_count = row_count;
  return v_count;
end
$fn$;
revoke all on function lead_sync.extend_leases(uuid[], interval) from public;
grant execute on function lead_sync.extend_leases(uuid[], interval) to lead_sync_runner;
comment on function lead_sync.extend_leases(uuid[], interval) is
'Hold on to leases for longer, up to one hour after the claim.
Returns: how many were extended; a token that is not current is passed over.
Raises: LS001. Writes: lead_sync_queue.';
