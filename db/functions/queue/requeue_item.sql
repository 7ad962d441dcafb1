create or replace function lead_sync.requeue_item(p_item_id uuid)
returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $fn$
declare
  v_item public.lead_sync_queue;
begin
  select q.* into v_item
  from public.lead_sync_queue q where q.id = p_item_id for update;
  if not found then
    raise exception using errcode = 'LS002', message = 'no such item',
      hint = 'It may have been archived; list_items shows those that are there.';
  elsif v_item.status is null or v_item.status not in ('failed', 'cancelled', 'pending') then
    raise exception using errcode = 'LS011',
      message = format('item is %s', coalesce(v_item.status, 'without a status')),
      hint = 'Only an item that waits, has failed or was cancelled can be queued again.';
  end if;
  update public.lead_sync_queue q
  set status = 'pending', retry_count = 0, next_retry_at = null, processed_at = null,
      error_code = null, error_message = null, folded_into = null,
      lease_token = null, lease_until = null, updated_at = clock_timestamp(),
      state = lead_sync_private.kept_state(q.state)
  where q.id = p_item_id;
  perform lead_sync_private.fold_pending(p_item_id);
  perform lead_sync_private.wake_runners();
end
$fn$;
revoke all on function lead_sync.requeue_item(uuid) from public;
grant execute on function lead_sync.requeue_item(uuid) to lead_sync_service;
comment on function lead_sync.requeue_item(uuid) is
'Queue an item again that has failed or was cancelled, or make a waiting one due at once; its
retries start anew. Pending items of the same conversation and operation fold into it.
Raises: LS002, LS011 the item is in flight or completed.
Locks: the item; waits for a claim or a transaction that is taking or joining it.
Writes: lead_sync_queue. Notifies: lead_sync_ready, while a runner sleeps.';
