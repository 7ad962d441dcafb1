create or replace function lead_sync_private.apply_failure(
  p_item public.lead_sync_queue, p_response jsonb)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $fn$
declare
  v_kind text := p_response ->> 'kind';
  v_code text := coalesce(p_response ->> 'code', v_kind);
  v_message text := coalesce(p_response ->> 'message', 'ResMan gave no reason');
  v_at_least interval := case when jsonb_typeof(p_response -> 'retry_after_s') = 'number'
    then least(greatest((p_response ->> 'retry_after_s')::numeric, 0), 86400)
         * interval '1 second' end;
  v_probe interval;
  v_settle interval := case when p_item.state ->> 'step' = 'save'
    then lead_sync_private.settle_time(p_item.property_id) end;
begin
  perform lead_sync_private.touch_integration(p_item.property_id, false);
  if v_kind in ('transient', 'ambiguous') then
    v_probe := lead_sync_private.trip_breaker(p_item, v_code, v_at_least);
  else -- whatever it said, ResMan did answer
    perform lead_sync_private.close_breaker(p_item.property_id);
  end if;
  case v_kind
    when 'transient' then
      return jsonb_build_object('ended', lead_sync_private.retry_item(p_item,
        p_item.state || '{"outage": true}', false, v_code, v_message, p_response, v_at_least,
        v_probe));
    when 'rate_limited' then
      perform lead_sync_private.hold_rate(p_item.property_id,
        coalesce(v_at_least, interval '1 s'));
      return jsonb_build_object('ended', lead_sync_private.retry_item(p_item, p_item.state, false,
        v_code, v_message, p_response, v_at_least));
    when 'ambiguous' then
      return jsonb_build_object('ended', lead_sync_private.retry_item(p_item,
        p_item.state || '{"outage": true}', true, v_code, v_message, p_response,
        greatest(v_at_least, v_settle),
        case when v_probe is not null then greatest(v_probe, v_settle) end));
    when 'rejected' then
      -- ResMan said no: nothing of what was sent is there
      perform lead_sync_private.fail_item(p_item, p_item.state, v_code, v_message, p_response,
        p_item.state ->> 'step' = 'save');
      return '{"ended": "failed"}'::jsonb;
    when 'unauthorized' then
      perform lead_sync_private.disconnect_property(p_item, v_message);
      return jsonb_build_object('ended', lead_sync_private.retry_item(p_item, p_item.state, false,
        v_code, v_message, p_response, null));
    else -- malformed, too_large for what is no window, a kind we do not know
      if v_kind = 'too_large' and p_item.state ->> 'step' = 'window' then
        return lead_sync_private.narrow_window(p_item, p_item.state);
      end if;
      return jsonb_build_object('ended', lead_sync_private.retry_item(p_item, p_item.state, true,
        v_code, v_message, p_response, greatest(v_at_least, v_settle)));
  end case;
end
$fn$;
revoke all on function lead_sync_private.apply_failure(public.lead_sync_queue, jsonb) from public;
comment on function lead_sync_private.apply_failure(public.lead_sync_queue, jsonb) is
'Decide what becomes of an item whose call failed, by the kind of failure.
Returns: {"ended": retry or failed}; {"request"} for a window that is read again, narrower.
Writes: as retry_item, fail_item, trip_breaker, close_breaker and hold_rate; resman_integration.';
