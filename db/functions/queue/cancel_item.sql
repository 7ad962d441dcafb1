create or replace function lead_sync.cancel_item(p_item_id uuid)
returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $fn$
declare
  v_item public.lead_sync_queue;
  v_owed jsonb;
begin
  select q.* into v_item
  from public.lead_sync_queue q where q.id = p_item_id for update;
  if not found then
    raise exception using errcode = 'LS002', message = 'no such item',
      hint = 'It may have been archived; list_items shows those that are there.';
  elsif v_item.status is null or v_item.status not in ('pending', 'failed') then
    raise exception using errcode = 'LS011',
      message = format('item is %s', coalesce(v_item.status, 'without a status')),
      hint = 'Only an item that waits or has failed can be cancelled.';
  end if;
  -- DomIQ is not waited for: run_schedule pays later
  v_owed := case when lead_sync_private.clear_syncing(v_item.conversation_id, p_item_id)
    then '{}' else '{"owed": true}' end::jsonb;
  -- What became of a save stays known: a requeue must look before it writes. One update: a
  -- second in this transaction would check the foreign key, which waits for the conversation.
  update public.lead_sync_queue q
  set status = 'cancelled', processed_at = clock_timestamp(), updated_at = clock_timestamp(),
      next_retry_at = null, lease_token = null, lease_until = null, state = q.state || v_owed
  where q.id = p_item_id;
end
$fn$;
revoke all on function lead_sync.cancel_item(uuid) from public;
grant execute on function lead_sync.cancel_item(uuid) to lead_sync_service;
comment on function lead_sync.cancel_item(uuid) is
'Cancel an item that waits or has failed. The next edit of its conversation queues a new one; a
conversation that was syncing through it alone is not_synced again.
Raises: LS002, LS011 the item is in flight or has ended.
Locks: the item; waits for a claim or a transaction that is taking or joining it. DomIQ''s rows
only if they can be had at once.
Writes: lead_sync_queue; the conversation''s resman_sync_status, or a note that this is owed
where the row cannot be locked at once.';
