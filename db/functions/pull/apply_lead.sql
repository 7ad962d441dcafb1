create or replace function lead_sync_private.apply_lead(
  p_property_id uuid, p_lead jsonb, p_issued_at timestamptz, p_item_id uuid default null,
  p_rules jsonb default null)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $fn$
declare
  v_lead_id text := p_lead ->> 'lead_id';
  v_mapping public.lead_sync_mapping;
  v_found jsonb;
begin
  -- By try: two sessions that bring the same lead never wait for each other.
  if not pg_try_advisory_xact_lock(
      hashtextextended(p_property_id || 'lead:' || v_lead_id, 7813528840112739842)) then
    return '{"outcome": "later", "code": "lead_locked"}'::jsonb;
  elsif lead_sync_private.is_entombed(p_property_id, null, v_lead_id, p_lead) then
    return '{"outcome": "suppressed", "why": "tombstone"}'::jsonb;
  end if;
  select m.* into v_mapping
  from public.lead_sync_mapping m where m.resman_lead_id = v_lead_id;
  if v_mapping.id is null and exists (
      select from lead_sync_private.lead_alias a where a.resman_lead_id = v_lead_id)
    or v_mapping.mapping_status in ('merged', 'inactive')
    or v_mapping.property_id <> p_property_id then
    return jsonb_build_object('outcome', 'unchanged', 'why', 'retired',
      'conversation_id', v_mapping.conversation_id);
  elsif v_mapping.id is not null then
    return lead_sync_private.merge_pulled(v_mapping, p_lead, p_issued_at, p_item_id,
      'updated', p_rules);
  end if;

  v_found := lead_sync_private.find_person(p_property_id, p_lead);
  case v_found ->> 'outcome'
    when 'link' then
      return lead_sync_private.link_pulled(p_property_id, (v_found ->> 'conversation_id')::uuid,
        p_lead, p_issued_at, p_item_id);
    when 'create' then
      return lead_sync_private.create_pulled(p_property_id, (v_found ->> 'user_id')::uuid, p_lead,
        p_issued_at, p_item_id);
    when 'conflict' then
      return lead_sync_private.refuse_pulled(p_property_id, v_found, p_lead, p_item_id);
    else
      return v_found;
  end case;
end
$fn$;
revoke all on function lead_sync_private.apply_lead(uuid, jsonb, timestamptz, uuid, jsonb)
  from public;
comment on function lead_sync_private.apply_lead(uuid, jsonb, timestamptz, uuid, jsonb) is
'Bring one lead, as ResMan showed it when the read was issued, into DomIQ: by its link, by the
person that it is, or as a new user and conversation.
p_rules: merge_rules of the property, where the caller has gathered them for many leads.
Returns: {"outcome": created, linked, updated, unchanged, conflict, suppressed, or later where a
row is locked, a push is under way or the observation is out of date; "conversation_id",
"conflict_ids"}.
Raises: lock_not_available where DomIQ''s rows cannot be had at once.
Locks: the lead''s advisory lock for the transaction, by try.
Writes: "user", conversation, lead_sync_mapping, lead_sync_conflicts, lead_sync_queue,
field_change. Notifies: lead_sync_conflict; lead_sync_ready, while a runner sleeps.';
