create or replace function lead_sync_private.take_window(
  p_item public.lead_sync_queue, p_state jsonb, p_response jsonb)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $fn$
declare
  v_window jsonb := p_state -> 'window';
  v_issued_at timestamptz := (p_state ->> 'asked_at')::timestamptz;
  v_from timestamptz := (v_window ->> 'from')::timestamptz;
  v_to timestamptz := (v_window ->> 'to')::timestamptz;
  v_staged integer;
  v_width numeric := least((v_window ->> 'width')::numeric * 2,
    (lead_sync_private.get_setting(p_item.property_id, 'pull_window') #>> '{}')::numeric);
begin
  v_staged := lead_sync_private.stage_leads(p_item, p_response -> 'leads', v_issued_at,
    v_from);
  perform lead_sync_private.apply_staged(p_item.property_id, 50);

  -- what is staged is ours for good
  perform lead_sync_private.move_cursor(p_item.property_id, v_from, v_to);
  return p_state || jsonb_build_object(
    'counts', jsonb_build_object(
      'read', coalesce((p_state #>> '{counts,read}')::integer, 0)
        + jsonb_array_length(coalesce(p_response -> 'leads', '[]')),
      'moved', coalesce((p_state #>> '{counts,moved}')::integer, 0) + v_staged),
    'window', jsonb_strip_nulls(jsonb_build_object('from', to_jsonb(v_to),
      'until', v_window -> 'until', 'width', v_width)));
end
$fn$;
revoke all on function lead_sync_private.take_window(public.lead_sync_queue, jsonb, jsonb)
  from public;
comment on function lead_sync_private.take_window(public.lead_sync_queue, jsonb, jsonb) is
'Take in the leads of one window: those that have not moved since they were last taken in are passed
over, the others staged, and the first fifty applied; the cursor moves on.
Returns: the state for the next window.
Writes: pulled_lead, pull_state; as apply_staged.';
