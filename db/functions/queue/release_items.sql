create or replace function lead_sync.release_items(p_lease_tokens uuid[])
returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $fn$
declare
  v_item public.lead_sync_queue;
  v_count integer := 0;
begin
  for v_item in
    select q.* from public.lead_sync_queue q
    where q.lease_token = any (p_lease_tokens) and q.status = 'processing'
    order by q.seq
    for update skip locked
  loop
    perform lead_sync_private.defer_item(v_item, v_item.state, null, null, null);
    -- if it was a probe, another may go
    update lead_sync_private.breaker b set probe_at = clock_timestamp()
    where b.property_id = v_item.property_id and b.probe_at > clock_timestamp()
      and b.opened_at < v_item.lease_started_at;
    perform lead_sync_private.wake_runners();
    v_count := v_count + 1;
  end loop;
  return v_count;
end
$fn$;
revoke all on function lead_sync.release_items(uuid[]) from public;
grant execute on function lead_sync.release_items(uuid[]) to lead_sync_runner;
comment on function lead_sync.release_items(uuid[]) is
'Give items back unsent; they are due at once and the attempt is not counted.
Returns: how many were released; a token that is not current is passed over.
Writes: lead_sync_queue, breaker. Notifies: lead_sync_ready, while a runner sleeps.';
