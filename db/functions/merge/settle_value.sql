create or replace function lead_sync_private.settle_value(
  p_conflict public.lead_sync_conflicts, p_mapping public.lead_sync_mapping, p_now jsonb,
  p_value jsonb, p_kind text, p_policy text)
returns uuid
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $fn$
declare
  v_name text := p_now #>> '{group,name}';
  v_fields text[] := array(
    select f ->> 'field' from jsonb_array_elements(p_now #> '{group,fields}') as f);
  v_resman jsonb := p_now -> 'resman';
  v_pushes boolean := jsonb_strip_nulls(p_value) <> jsonb_strip_nulls(v_resman);
  v_held boolean := lead_sync_private.is_held(p_mapping.conversation_id);
  v_why text := lead_sync_private.forbid_value(p_mapping, p_now, p_value);
  v_failed jsonb;
  v_item_id uuid;
  v_item public.lead_sync_queue;
begin
  if v_why is not null then
    raise exception using errcode = 'LS011', message = 'this value may not be written',
      detail = format('What forbids it: %s.', v_why),
      hint = 'explain_conflict says what each strategy would do.';
  end if;
  if jsonb_strip_nulls(p_value) <> jsonb_strip_nulls(p_now -> 'domiq') then
    begin
      v_failed := lead_sync_private.apply_pull(p_mapping.conversation_id, p_mapping,
        p_now -> 'lead', jsonb_build_object(v_name, p_value)) -> v_name;
    exception when lock_not_available then
      -- a later conversation feeds the lead, which take_link has not locked
      raise exception using errcode = 'LS011',
        message = 'the conversation or its user is being written by another transaction',
        hint = 'Try again in a moment.';
    end;
    if v_failed ->> 'type' = 'duplicate_lead' then
      raise exception using errcode = 'LS011',
        message = 'the value belongs to another user in DomIQ',
        hint = 'Decide for DomIQ''s value or another one, or change that user first.';
    elsif v_failed is not null then
      raise exception using errcode = 'LS001', message = 'DomIQ does not take the value',
        detail = format('%s.', v_failed ->> 'why'), hint = 'Give another one as merged.';
    end if;
  end if;
  -- where a push is needed both bases become ResMan's value: exactly that push remains
  update public.lead_sync_mapping m
  set domiq_base = (m.domiq_base - v_fields) || case when v_pushes then v_resman else p_value end,
      resman_base = (m.resman_base - v_fields) || v_resman,
      base_moved_at = clock_timestamp(), updated_at = clock_timestamp(),
      suppressed = m.suppressed - v_name, applied = null
  where m.id = p_mapping.id;
  update public.lead_sync_conflicts c set resolution_status = 'resolved' where c.id = p_conflict.id;
  if (v_pushes or v_held and not lead_sync_private.is_held(p_mapping.conversation_id)) and exists (
      select from lead_sync_private.lead l
      where l.conversation_id = p_mapping.conversation_id and l.ineligible is null) then
    v_item_id := lead_sync_private.enqueue_item(p_mapping.conversation_id, p_mapping.property_id,
      'push', 2);
  end if;
  insert into lead_sync_private.field_change
    (mapping_id, conversation_id, property_id, field_group, kind, old_domiq, new_domiq,
     old_resman, new_resman, policy, conflict_id, item_id)
  values (p_mapping.id, p_mapping.conversation_id, p_mapping.property_id, v_name, p_kind,
    p_now -> 'domiq', p_value, v_resman, p_value, p_policy, p_conflict.id, v_item_id);
  perform lead_sync_private.settle_rows(p_mapping, v_pushes);
  v_item.id := v_item_id;
  v_item.conversation_id := p_mapping.conversation_id;
  v_item.property_id := p_mapping.property_id;
  v_item.resman_lead_id := p_mapping.resman_lead_id;
  v_item.sync_operation := case when v_pushes then 'push' else 'pull' end;
  perform lead_sync_private.write_log(v_item, 'success', 'update', jsonb_build_object(
    'step', p_kind, 'conflict_id', p_conflict.id, 'field', v_name, 'strategy', p_policy), null);
  return v_item_id;
end
$fn$;
revoke all on function lead_sync_private.settle_value(public.lead_sync_conflicts,
  public.lead_sync_mapping, jsonb, jsonb, text, text) from public;
comment on function lead_sync_private.settle_value(public.lead_sync_conflicts,
  public.lead_sync_mapping, jsonb, jsonb, text, text) is
'Bring both sides of a link to a value of a group, as a person decided: DomIQ at once, ResMan by a
push. The rows are locked and the lead is still: see take_link. p_now: as weigh_link.
Returns: the item that pushes; null where none is needed.
Raises: LS001, LS011.
Writes: "user", conversation, lead_sync_mapping, lead_sync_conflicts, lead_sync_queue,
field_change, lead_sync_log.';
