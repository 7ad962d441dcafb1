create or replace function lead_sync.advance_item(
  p_item_id uuid, p_lease_token uuid, p_response jsonb)
returns jsonb
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
-- All that runs beneath keeps one plan for all values, and no plan of tiny tables: see CONVENTIONS.
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
-- Below deadlock_timeout: whoever holds a row of DomIQ's goes first, we come back.
set lock_timeout = '500ms'
as $fn$
declare
  v_taken record;
begin
  v_taken := lead_sync_private.take_answer(p_item_id, p_lease_token, p_response);
  if not v_taken.result ? 'request' then
    return v_taken.result;
  end if;
  return jsonb_build_object('request', lead_sync_private.tell_wait(v_taken.result -> 'request',
    (lead_sync_private.take_slots(array[v_taken.property_id]))[1]));
end
$fn$;
revoke all on function lead_sync.advance_item(uuid, uuid, jsonb) from public;
grant execute on function lead_sync.advance_item(uuid, uuid, jsonb) to lead_sync_runner;
comment on function lead_sync.advance_item(uuid, uuid, jsonb) is
'Take in the answer to an item''s request and say what comes next. Everything that follows from the
answer is written in this transaction.
p_response: {"outcome":"ok",…} or {"outcome":"failed","kind",…}; with the request''s issued_at in
it an answer that is handed in twice is recognised.
Returns: {"request": …}, {"ended": completed|retry|failed|conflict|deferred}, or {"stale": true}
where the lease is not current: nothing of the item was changed.
Raises: LS001 for what is no response.
Locks: the item; DomIQ''s rows only if they can be had at once.
Writes: rate_slot, breaker, lead_sync_queue, lead_sync_log, lead_sync_mapping,
lead_sync_conflicts, conversation,
"user", lead_notification, resman_integration.';
