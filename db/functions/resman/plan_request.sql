create or replace function lead_sync_private.plan_request(
  p_item public.lead_sync_queue, p_state jsonb, p_outcome jsonb, p_lead jsonb, p_events jsonb)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $fn$
declare
  v_request jsonb := lead_sync_private.build_save(p_outcome -> 'lead_id',
    p_outcome -> 'contact_id', p_lead, p_events);
begin
  if lead_sync_private.get_setting(p_item.property_id, 'write_mode') = '"shadow"' then
    return jsonb_build_object('end', 'shadow', 'outcome', p_outcome, 'would_send', v_request);
  end if;
  if lead_sync_private.is_flooding(p_item.property_id) then
    perform lead_sync_private.stop_property(p_item, 'write_guard',
      'more saves in an hour than the setting write_guard allows');
    return jsonb_build_object('end', 'deferred', 'code', 'write_guard',
      'message', 'the property was paused: more saves in an hour than its write_guard');
  end if;
  if p_outcome ->> 'lead_id' is null then
    if not lead_sync_private.take_create_intent(p_item.property_id, p_item.conversation_id,
        p_lead ->> 'email', p_lead ->> 'phone') then
      return jsonb_build_object('end', 'deferred', 'code', 'create_intent',
        'message', 'another conversation is creating a lead with this e-mail or phone');
    end if;
  end if;
  -- What was sent outlives the attempt: if the answer is lost, the next one knows what to look for.
  return lead_sync_private.ask(
    lead_sync_private.without_answers(p_state)
      || jsonb_build_object('sent', p_outcome), 'save', v_request);
end
$fn$;
revoke all on function lead_sync_private.plan_request(public.lead_sync_queue, jsonb, jsonb, jsonb,
  jsonb) from public;
comment on function lead_sync_private.plan_request(public.lead_sync_queue, jsonb, jsonb, jsonb,
  jsonb) is
'Make the save request of a plan, with the guards that stand before every write.
Returns: a plan: the request; shadow: what would be sent; deferred: another create is on its way, or
the property has written too much in an hour and was paused.
Writes: create_intent; as stop_property.';
