create or replace function lead_sync_private.narrow_window(
  p_item public.lead_sync_queue, p_state jsonb)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $fn$
declare
  v_window jsonb := p_state -> 'window';
  v_from timestamptz := (v_window ->> 'from')::timestamptz;
  v_to timestamptz := (v_window ->> 'to')::timestamptz;
  v_width numeric := floor(extract(epoch from v_to - v_from) / 2);
  v_state jsonb;
  v_plan jsonb;
begin
  if v_width < 30 then
    -- what cannot be read even so is a dead letter, and is passed
    perform lead_sync_private.bury_lead(p_item.property_id, jsonb_build_object(
      'since', to_jsonb(v_from), 'until', to_jsonb(v_to)), 'too_large',
      'ResMan cannot answer what was modified in this minute');
    perform lead_sync_private.move_cursor(p_item.property_id, v_from, v_to);
    v_window := jsonb_build_object('from', to_jsonb(v_to), 'until', v_window -> 'until',
      'width', 60);
  else
    v_window := jsonb_build_object('from', to_jsonb(v_from), 'until', v_window -> 'until',
      'width', v_width);
  end if;
  v_state := p_state || jsonb_build_object('window', v_window);
  v_plan := lead_sync_private.plan_pull(p_item, v_state);
  if v_plan ? 'request' then
    return jsonb_build_object('request', lead_sync_private.hand_out_request(p_item, v_plan));
  elsif v_plan ->> 'end' = 'cancelled' then
    -- nothing of the window was read: the cursor stays, and no log says that all was
    perform lead_sync_private.close_item(p_item, 'cancelled', v_plan ->> 'code',
      v_plan ->> 'message');
    return '{"ended": "completed"}'::jsonb;
  end if;
  return jsonb_build_object('ended', lead_sync_private.end_pull(p_item, v_state));
end
$fn$;
revoke all on function lead_sync_private.narrow_window(public.lead_sync_queue, jsonb) from public;
comment on function lead_sync_private.narrow_window(public.lead_sync_queue, jsonb) is
'Halve a window that ResMan found too large and ask again at once; a minute that cannot be read
becomes a dead letter and is passed. Where the property pulls no more the item is cancelled.
Returns: {"request"} or {"ended"}.
Writes: the item, pull_state; lead_sync_queue and lead_sync_log for a dead letter.';
