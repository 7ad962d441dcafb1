create or replace function lead_sync.advance_item(
  p_item_id uuid, p_lease_token uuid, p_response jsonb)
returns jsonb
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
-- Below deadlock_timeout: whoever holds a row of DomIQ's goes first, we come back.
set lock_timeout = '500ms'
as $fn$
declare
  v_item public.lead_sync_queue;
begin
  perform lead_sync_private.check_response(p_item_id, p_lease_token, p_response);
  select q.* into v_item from public.lead_sync_queue q where q.id = p_item_id for update;
  if v_item.status is distinct from 'processing'
     or v_item.lease_token is distinct from p_lease_token then
    perform lead_sync_private.record_stale(v_item, p_response);
    return '{"stale": true}'::jsonb;
  end if;
  if p_response ? 'issued_at'
     and p_response ->> 'issued_at' is distinct from v_item.state ->> 'issued_at' then
    -- An answer that was taken in already, sent again because the reply to it was lost.
    return jsonb_build_object('request', lead_sync_private.hand_out_request(v_item,
      jsonb_build_object('request', v_item.state -> 'asking', 'state', v_item.state)));
  end if;
  begin
    return lead_sync_private.apply_answer(v_item, p_response);
  exception
    when lock_not_available or deadlock_detected then
      perform lead_sync_private.defer_item(v_item, v_item.state, 'row_locked',
        'a row is being written by another transaction', interval '1 s');
      return '{"ended": "deferred"}'::jsonb;
    when others then
      -- What a data error of one lead did is undone; the attempt is kept and counted.
      return jsonb_build_object('ended', lead_sync_private.retry_item(v_item, v_item.state, true,
        'internal_' || sqlstate, 'the answer could not be taken in: see error_code', null,
        lead_sync_private.settle_time(v_item.property_id)));
  end;
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
Writes: lead_sync_queue, lead_sync_log, lead_sync_mapping, lead_sync_conflicts, conversation,
"user", lead_notification, resman_integration.';
