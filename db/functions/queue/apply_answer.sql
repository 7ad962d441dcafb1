create or replace function lead_sync_private.apply_answer(
  p_item public.lead_sync_queue, p_response jsonb)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $fn$
declare
  v_state jsonb := p_item.state;
  v_step text := p_item.state ->> 'step';
  v_plan jsonb;
  v_end text;
  v_pushes boolean := p_item.sync_operation not in ('enrichment', 'pull');
begin
  if p_response ->> 'outcome' = 'failed' then
    return lead_sync_private.apply_failure(p_item, p_response);
  end if;
  perform lead_sync_private.close_breaker(p_item.property_id);
  if v_step = 'save' and p_item.sync_data ? 'retire' then
    return jsonb_build_object('ended', lead_sync_private.complete_item(p_item,
      'status_change', lead_sync_private.sent_data(v_state),
      lead_sync_private.trim_response(p_response)));
  elsif v_step = 'save' then
    if p_response #>> '{leads,0,lead_id}' is null then
      perform lead_sync_private.mark_syncing(p_item.conversation_id, 'not_synced', 'syncing')
      where v_pushes;
      return jsonb_build_object('ended', lead_sync_private.retry_item(p_item, v_state, true,
        'malformed', 'the answer to a save named no lead',
        lead_sync_private.trim_response(p_response),
        lead_sync_private.settle_time(p_item.property_id)));
    end if;
    v_state := v_state || jsonb_build_object('lead_id', p_response #> '{leads,0,lead_id}');
    return jsonb_build_object('ended', lead_sync_private.finish_item(p_item, v_state,
      (v_state -> 'sent') || jsonb_strip_nulls(jsonb_build_object(
        'lead_id', p_response #> '{leads,0,lead_id}',
        'contact_id', p_response #> '{leads,0,contact_id}')),
      lead_sync_private.trim_response(p_response)));
  elsif v_step = 'lead' then
    return jsonb_build_object('ended', lead_sync_private.take_lead(p_item, v_state, p_response));
  elsif v_step = 'sweep' then
    v_state := lead_sync_private.take_sweep(p_item, v_state, p_response);
  elsif v_step = 'window' then
    v_state := lead_sync_private.take_window(p_item, v_state, p_response);
  elsif v_step in ('source', 'agent', 'lost_reason') then
    perform lead_sync_private.store_lookup(p_item.property_id, v_step,
      coalesce(p_response -> 'items', '[]'));
    v_state := v_state || jsonb_build_object(v_step, true);
  else
    v_state := v_state || jsonb_build_object(v_step, jsonb_build_object(
      'asked_at', v_state -> 'asked_at', 'leads', coalesce(p_response -> 'leads', '[]'),
      'value', v_state #> array['asking', 'by', case v_step when 'read' then 'lead_id' else v_step end]));
  end if;

  v_plan := lead_sync_private.plan_item(p_item, v_state);
  -- only where it goes on: how an item ends is written once
  if v_pushes and (v_plan ? 'request' or v_plan ->> 'end' = 'missing') then
    perform lead_sync_private.mark_syncing(p_item.conversation_id, 'not_synced', 'syncing');
  end if;
  if v_plan ? 'request' then
    return jsonb_build_object('request', lead_sync_private.hand_out_request(p_item, v_plan));
  end if;
  v_end := v_plan ->> 'end';
  case v_end
    when 'synced' then
      v_end := lead_sync_private.finish_item(p_item, v_state - 'sent', v_plan -> 'outcome',
        lead_sync_private.trim_response(p_response));
    when 'retired' then
      v_end := lead_sync_private.complete_item(p_item, 'status_change',
        lead_sync_private.sent_data(v_state), lead_sync_private.trim_response(p_response));
    when 'swept' then
      v_end := lead_sync_private.end_sweep(p_item);
    when 'sweep on' then
      perform lead_sync_private.defer_item(p_item, '{}', null, null, null);
      v_end := 'deferred';
    when 'pulled' then
      v_end := lead_sync_private.end_pull(p_item, v_state);
    when 'deferred' then
      perform lead_sync_private.defer_item(p_item, v_state, v_plan ->> 'code',
        v_plan ->> 'message',
        lead_sync_private.retry_delay(least(p_item.attempt, 6)) + interval '1 s');
      -- it waits for somebody else, and nothing of it is under way
      if p_item.sync_operation <> 'enrichment' then
        perform lead_sync_private.mark_syncing(p_item.conversation_id, 'syncing', 'not_synced');
      end if;
    when 'cancelled' then
      perform lead_sync_private.close_item(p_item, 'cancelled', v_plan ->> 'code',
        v_plan ->> 'message');
      perform lead_sync_private.mark_syncing(p_item.conversation_id, 'syncing', 'not_synced');
      v_end := 'completed';
    when 'ambiguous' then
      v_end := lead_sync_private.end_ambiguous(p_item, v_state, v_plan ->> 'message',
        v_plan -> 'leads', lead_sync_private.trim_response(p_response));
    when 'missing' then
      v_end := lead_sync_private.end_missing(p_item, v_state, v_plan);
    when 'shadow' then
      perform lead_sync_private.write_log(p_item, 'success',
        lead_sync_private.log_type(p_item, jsonb_build_object('sent', v_plan -> 'outcome')),
        lead_sync_private.shadow_data(v_plan #>> '{outcome,would}', v_plan -> 'outcome',
          v_plan -> 'would_send'),
        lead_sync_private.trim_response(p_response));
      perform lead_sync_private.close_item(p_item, 'completed', 'shadow',
        'nothing was sent: the property''s write_mode is shadow');
      perform lead_sync_private.mark_syncing(p_item.conversation_id, 'syncing', 'not_synced');
      v_end := 'completed';
    else
      perform lead_sync_private.fail_item(p_item, v_state, v_plan ->> 'code',
        v_plan ->> 'message', lead_sync_private.trim_response(p_response));
      v_end := 'failed';
  end case;
  return jsonb_build_object('ended', v_end);
end
$fn$;
revoke all on function lead_sync_private.apply_answer(public.lead_sync_queue, jsonb) from public;
comment on function lead_sync_private.apply_answer(public.lead_sync_queue, jsonb) is
'Take in ResMan''s answer to an item''s request and decide what comes next.
Returns: {"request": …} or {"ended": …}, as advance_item.
Writes: as finish_item, fail_item, retry_item, defer_item, close_breaker; lookup.';
