create or replace function lead_sync_private.close_item(
  p_item public.lead_sync_queue, p_status text, p_error_code text default null,
  p_error_message text default null, p_state jsonb default '{}')
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $fn$
begin
  update public.lead_sync_queue q
  set status = p_status, processed_at = clock_timestamp(), updated_at = clock_timestamp(),
      next_retry_at = null, lease_token = null, lease_until = null, state = p_state,
      resman_lead_id = coalesce(p_item.resman_lead_id, q.resman_lead_id),
      error_code = left(p_error_code, 100), error_message = left(p_error_message, 4000)
  where q.id = p_item.id;
end
$fn$;
revoke all on function lead_sync_private.close_item(public.lead_sync_queue, text, text, text, jsonb)
  from public;
comment on function lead_sync_private.close_item(public.lead_sync_queue, text, text, text, jsonb) is
'End an item for good: completed, failed or cancelled.
Writes: the item.';
