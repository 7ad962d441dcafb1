create or replace function lead_sync_private.take_answer(
  p_item_id uuid, p_lease_token uuid, p_response jsonb,
  out result jsonb, out property_id uuid)
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $fn$
declare
  v_item public.lead_sync_queue;
begin
  perform lead_sync_private.check_response(p_item_id, p_lease_token, p_response);
  select q.* into v_item from public.lead_sync_queue q where q.id = p_item_id for update;
  if v_item.status is distinct from 'processing'
     or v_item.lease_token is distinct from p_lease_token then
    perform lead_sync_private.record_stale(v_item, p_response);
    result := '{"stale": true}';
    return;
  end if;
  property_id := v_item.property_id;
  if p_response ? 'issued_at'
     and p_response ->> 'issued_at' is distinct from v_item.state ->> 'issued_at' then
    -- An answer that was taken in already, sent again because the reply to it was lost.
    result := jsonb_build_object('request', lead_sync_private.hand_out_request(v_item,
      jsonb_build_object('request', v_item.state -> 'asking', 'state', v_item.state)));
    return;
  end if;
  begin
    result := lead_sync_private.apply_answer(v_item, p_response);
  exception
    when lock_not_available or deadlock_detected then
      perform lead_sync_private.defer_item(v_item, v_item.state, 'row_locked',
        'a row is being written by another transaction', interval '1 s');
      result := '{"ended": "deferred"}';
    when others then
      -- What a data error of one lead did is undone; the attempt is kept and counted.
      result := jsonb_build_object('ended', lead_sync_private.retry_item(v_item, v_item.state, true,
        'internal_' || sqlstate, 'the answer could not be taken in: see error_code', null,
        lead_sync_private.settle_time(v_item.property_id)));
  end;
end
$fn$;
revoke all on function lead_sync_private.take_answer(uuid, uuid, jsonb) from public;
comment on function lead_sync_private.take_answer(uuid, uuid, jsonb) is
'Take in the answer to an item''s request and write everything that follows from it.
Returns: what advance_item says, the next request still without its place in the rate; the item''s
property.
Raises: LS001 for what is no response.
Locks: the item; DomIQ''s rows only if they can be had at once, under the caller''s lock_timeout.
Writes: as advance_item.';
