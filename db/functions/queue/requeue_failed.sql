create or replace function lead_sync.requeue_failed(p_property_id uuid default null)
returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $fn$
declare
  v_requeued bigint;
begin
  with dead as (
    select q.id from public.lead_sync_queue q
    where q.status = 'failed' and (p_property_id is null or q.property_id = p_property_id)
    order by q.seq
    for update skip locked
  )
  update public.lead_sync_queue q
  set status = 'pending', retry_count = 0, next_retry_at = null, processed_at = null,
      error_code = null, error_message = null, updated_at = clock_timestamp(),
      state = lead_sync_private.kept_state(q.state)
  from dead d where q.id = d.id;
  get diagnostics v_requeued = row_count;
  if v_requeued > 0 then
    perform lead_sync_private.wake_runners();
  end if;
  return v_requeued;
end
$fn$;
revoke all on function lead_sync.requeue_failed(uuid) from public;
grant execute on function lead_sync.requeue_failed(uuid) to lead_sync_service;
comment on function lead_sync.requeue_failed(uuid) is
'Queue all dead letters again, of one property or of all; their retries start anew. Several of one
conversation and operation fold when one of them is claimed.
Returns: how many.
Locks: the items, by SKIP LOCKED. Writes: lead_sync_queue.
Notifies: lead_sync_ready, while a runner sleeps.';
