create or replace function lead_sync_private.retry_item(
  p_item public.lead_sync_queue, p_state jsonb, p_counted boolean, p_code text, p_message text,
  p_response jsonb, p_at_least interval, p_exactly interval default null)
returns text
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $fn$
declare
  v_failures integer := coalesce((p_state ->> 'failures')::integer, 0) + 1;
begin
  if p_counted and coalesce(p_item.retry_count, 0) >= coalesce(p_item.max_retries, 0) then
    perform lead_sync_private.fail_item(p_item, p_state, p_code, p_message, p_response);
    return 'failed';
  end if;
  perform lead_sync_private.write_log(p_item, 'retry',
    lead_sync_private.log_type(p_item, p_state), lead_sync_private.sent_data(p_state),
    p_response, p_code, p_message);
  perform lead_sync_private.defer_item(p_item,
    p_state || jsonb_build_object('failures', v_failures), p_code, p_message,
    coalesce(p_exactly, greatest(lead_sync_private.retry_delay(v_failures), p_at_least)));
  if p_counted then
    update public.lead_sync_queue q set retry_count = coalesce(q.retry_count, 0) + 1
    where q.id = p_item.id;
  end if;
  return 'retry';
end
$fn$;
revoke all on function lead_sync_private.retry_item(public.lead_sync_queue, jsonb, boolean, text,
  text, jsonb, interval, interval) from public;
comment on function lead_sync_private.retry_item(public.lead_sync_queue, jsonb, boolean, text,
  text, jsonb, interval, interval) is
'End an attempt that failed in a way that may pass; a counted one uses up max_retries.
p_exactly: when it is tried again, in place of the backoff that p_at_least only bounds.
Returns: retry, or failed where none is left.
Writes: the item, lead_sync_log; as fail_item at the end.';
