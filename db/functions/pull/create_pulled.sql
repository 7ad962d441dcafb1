create or replace function lead_sync_private.create_pulled(
  p_property_id uuid, p_user_id uuid, p_lead jsonb, p_issued_at timestamptz, p_item_id uuid)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $fn$
declare
  v_country text := lead_sync_private.get_setting(p_property_id, 'country_code') #>> '{}';
  v_item public.lead_sync_queue;
  v_mapping public.lead_sync_mapping;
  v_chatbot_id uuid;
  v_user_id uuid := p_user_id;
  v_read jsonb := lead_sync_private.with_tour(null, p_lead);
  v_result jsonb;
begin
  v_item.id := p_item_id;
  v_item.property_id := p_property_id;
  v_item.sync_operation := 'pull';
  v_item.resman_lead_id := p_lead ->> 'lead_id';
  if lead_sync_private.get_setting(p_property_id, 'write_mode') = '"shadow"' then
    perform lead_sync_private.write_log(v_item, 'success', 'create',
      lead_sync_private.shadow_data('create', null), null);
    return '{"outcome": "unchanged", "why": "shadow"}'::jsonb;
  end if;
  select b.id into v_chatbot_id from public.chatbot b where b.property_id = p_property_id;
  if v_chatbot_id is null then
    perform lead_sync_private.bury_lead(p_property_id,
      jsonb_build_object('lead_id', p_lead -> 'lead_id'), 'no_chatbot',
      'the property has no chatbot: a conversation cannot be made');
    return '{"outcome": "suppressed", "why": "no chatbot"}'::jsonb;
  end if;
  perform set_config('lead_sync.applying', 'new', true);
  begin
    if v_user_id is null then
      v_user_id := lead_sync_private.write_new_user(v_read || jsonb_build_object(
        'email', lead_sync_private.normalise_value('email', v_read -> 'email'),
        'phone', lead_sync_private.normalise_value('phone', v_read -> 'phone', v_country)));
    end if;
    v_mapping := lead_sync_private.write_new_conversation(v_chatbot_id, v_user_id, p_property_id,
      v_read);
    perform lead_sync_private.keep_summary(v_mapping.conversation_id, v_read ->> 'comment');
  exception when data_exception or integrity_constraint_violation or raise_exception then
    perform lead_sync_private.bury_lead(p_property_id,
      jsonb_build_object('lead_id', p_lead -> 'lead_id'), 'field_mismatch',
      format('DomIQ does not take the lead (%s)', sqlstate));
    perform set_config('lead_sync.applying', '', true);
    return '{"outcome": "suppressed", "why": "DomIQ does not take the lead"}'::jsonb;
  end;
  perform set_config('lead_sync.applying', '', true);
  v_result := lead_sync_private.merge_pulled(v_mapping, p_lead, p_issued_at, p_item_id,
    'created');
  return v_result;
end
$fn$;
revoke all on function lead_sync_private.create_pulled(uuid, uuid, jsonb, timestamptz, uuid)
  from public;
comment on function lead_sync_private.create_pulled(uuid, uuid, jsonb, timestamptz, uuid) is
'Make a conversation of the property''s chatbot, with its final status, and a user where none is
known, for a lead that ResMan alone has; then merge the two, so that what did not arrive is seen.
Returns: as apply_lead. A lead that DomIQ does not take is a dead letter of its own.
Writes: "user", conversation, lead_sync_mapping, lead_event; as merge_pulled.';
