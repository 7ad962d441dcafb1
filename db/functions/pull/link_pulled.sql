create or replace function lead_sync_private.link_pulled(
  p_property_id uuid, p_conversation_id uuid, p_lead jsonb, p_issued_at timestamptz,
  p_item_id uuid)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
set enable_bitmapscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $fn$
declare
  v_item public.lead_sync_queue;
  v_mapping public.lead_sync_mapping;
begin
  v_item.id := p_item_id;
  v_item.conversation_id := p_conversation_id;
  v_item.property_id := p_property_id;
  v_item.resman_lead_id := p_lead ->> 'lead_id';
  v_item.sync_operation := 'pull';
  if lead_sync_private.is_in_flight(p_conversation_id, null, p_item_id) then
    return jsonb_build_object('outcome', 'later', 'code', 'in_flight',
      'conversation_id', p_conversation_id);
  elsif not lead_sync_private.lock_lead_rows(p_conversation_id) then
    return jsonb_build_object('outcome', 'later', 'code', 'row_locked',
      'conversation_id', p_conversation_id);
  end if;
  if lead_sync_private.get_setting(p_property_id, 'write_mode') = '"shadow"' then
    perform lead_sync_private.write_log(v_item, 'success', 'update',
      lead_sync_private.shadow_data('link', lead_sync_private.merge_groups(v_item, '{}',
        v_mapping, lead_sync_private.with_tour(p_conversation_id, p_lead), p_issued_at, true)),
      null);
    return jsonb_build_object('outcome', 'unchanged', 'why', 'shadow',
      'conversation_id', p_conversation_id);
  end if;
  -- as it is now that the rows are locked; one whose lead had vanished takes the new lead
  v_mapping := lead_sync_private.find_mapping(p_conversation_id,
    (select c.user_id from public.conversation c where c.id = p_conversation_id), p_property_id);
  if v_mapping.mapping_status is distinct from 'deleted' and v_mapping.id is not null then
    return jsonb_build_object('outcome', 'later', 'code', 'linked',
      'conversation_id', p_conversation_id);
  end if;
  v_mapping := lead_sync_private.open_link(v_item, v_mapping, p_lead);
  if v_mapping.id is null then
    return jsonb_build_object('outcome', 'later', 'code', 'lead_locked');
  end if;
  return lead_sync_private.merge_pulled(v_mapping, p_lead, p_issued_at, p_item_id, 'linked');
end
$fn$;
revoke all on function lead_sync_private.link_pulled(uuid, uuid, jsonb, timestamptz, uuid)
  from public;
comment on function lead_sync_private.link_pulled(uuid, uuid, jsonb, timestamptz, uuid) is
'Link a lead that a pull brought with the conversation of the person it is, and merge the two, with
no base: blanks are filled, what differs is a conflict, nothing is overwritten blindly. A link whose
lead had vanished takes the new one.
Returns: as apply_lead.
Writes: lead_sync_mapping; as merge_pulled; in shadow the log alone.';
