create or replace function lead_sync_private.merge_pulled(
  p_mapping public.lead_sync_mapping, p_lead jsonb, p_issued_at timestamptz, p_item_id uuid,
  p_outcome text, p_rules jsonb default null)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $fn$
declare
  v_item public.lead_sync_queue;
  v_mapping public.lead_sync_mapping;
  v_read jsonb;
  v_merge jsonb;
  v_state jsonb := jsonb_build_object('rules', p_rules);
  v_result jsonb := jsonb_build_object('conversation_id', p_mapping.conversation_id);
begin
  if lead_sync_private.is_in_flight(null, p_mapping.conversation_id, p_item_id) then
    return v_result || '{"outcome": "later", "code": "in_flight"}';
  elsif not lead_sync_private.lock_lead_rows(p_mapping.conversation_id) then
    return v_result || '{"outcome": "later", "code": "row_locked"}';
  end if;
  -- as it is now that the rows are locked
  select m.* into v_mapping
  from public.lead_sync_mapping m where m.id = p_mapping.id for update;
  v_mapping := lead_sync_private.reset_stamps(v_mapping);
  if p_issued_at <= v_mapping.base_moved_at or p_issued_at < v_mapping.resman_read_at
     or p_issued_at > clock_timestamp() then -- the clock has stepped back since
    return v_result || '{"outcome": "later", "code": "stale"}';
  end if;
  if v_mapping.mapping_status = 'deleted' then
    v_mapping.mapping_status := 'active'; -- it is there after all
    update public.lead_sync_mapping m set mapping_status = 'active' where m.id = v_mapping.id;
  end if;
  v_item.id := p_item_id;
  v_item.conversation_id := v_mapping.conversation_id;
  v_item.property_id := v_mapping.property_id;
  v_item.resman_lead_id := v_mapping.resman_lead_id;
  v_item.sync_operation := 'pull';
  v_read := lead_sync_private.with_tour(v_mapping.conversation_id, p_lead);
  if lead_sync_private.get_setting(v_mapping.property_id, 'write_mode') = '"shadow"' then
    v_merge := lead_sync_private.merge_groups(v_item, v_state, v_mapping, v_read, p_issued_at,
      true);
    perform lead_sync_private.write_log(v_item, 'success', 'update',
      lead_sync_private.shadow_data('update', v_merge), null);
    return v_result || '{"outcome": "unchanged", "why": "shadow"}';
  end if;
  v_merge := lead_sync_private.merge_groups(v_item, v_state, v_mapping, v_read, p_issued_at);
  perform lead_sync_private.keep_custom_fields(v_mapping.conversation_id, v_read);
  perform lead_sync_private.settle_pulled(v_item, v_mapping, v_merge, p_outcome);
  return v_result || jsonb_build_object(
    'conflict_ids', v_merge -> 'conflict_ids',
    'outcome', case
      when v_merge -> 'conflicts' <> '[]' then 'conflict'
      when p_outcome <> 'updated' then p_outcome
      when v_merge -> 'pulled' <> '[]' then 'updated' else 'unchanged' end);
end
$fn$;
revoke all on function lead_sync_private.merge_pulled(public.lead_sync_mapping, jsonb, timestamptz,
  uuid, text, jsonb) from public;
comment on function lead_sync_private.merge_pulled(public.lead_sync_mapping, jsonb, timestamptz,
  uuid, text, jsonb) is
'Merge a linked lead as a pull read it, under the locks of DomIQ''s rows; what DomIQ has changed is
queued as a push.
p_outcome: what to say of a link that was just made: linked; else updated. p_rules: as apply_lead.
Returns: as apply_lead.
Writes: as merge_groups and settle_pulled.';
