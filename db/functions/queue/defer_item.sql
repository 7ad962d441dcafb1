create or replace function lead_sync_private.defer_item(
  p_item public.lead_sync_queue, p_state jsonb, p_code text, p_message text, p_delay interval)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $fn$
begin
  update public.lead_sync_queue q
  set status = 'pending', lease_token = null, lease_until = null,
      next_retry_at = clock_timestamp() + p_delay, updated_at = clock_timestamp(),
      state = lead_sync_private.without_answers(p_state),
      resman_lead_id = coalesce(p_item.resman_lead_id, q.resman_lead_id),
      error_code = left(p_code, 100), error_message = left(p_message, 4000)
  where q.id = p_item.id;
  perform lead_sync_private.fold_pending(p_item.id);
end
$fn$;
revoke all on function lead_sync_private.defer_item(public.lead_sync_queue, jsonb, text, text,
  interval) from public;
comment on function lead_sync_private.defer_item(public.lead_sync_queue, jsonb, text, text,
  interval) is
'Put an item back to pending for later, without counting the attempt; what it learned is kept.
Writes: the item, and pending ones of its key that fold into it.';
