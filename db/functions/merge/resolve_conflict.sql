create or replace function lead_sync.resolve_conflict(
  p_conflict_id uuid, p_strategy text, p_value jsonb default null,
  p_resolved_by uuid default null, p_notes text default null)
returns jsonb
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '500ms'
as $fn$
declare
  v_conflict public.lead_sync_conflicts;
  v_mapping public.lead_sync_mapping;
  v_now jsonb;
  v_value jsonb;
  v_item_id uuid;
begin
  if coalesce(p_strategy, '') not in ('resman_wins', 'domiq_wins', 'merged', 'manual_review') then
    raise exception using errcode = 'LS001', message = 'unknown strategy',
      hint = 'One of resman_wins, domiq_wins, merged, manual_review.';
  elsif (p_strategy = 'merged') <> (p_value is not null
      and (p_strategy = 'merged' or p_value <> 'null')) then
    raise exception using errcode = 'LS001',
      message = 'merged, and merged alone, goes with a value',
      hint = 'Give the value that both sides are to hold, with strategy merged.';
  elsif length(p_notes) > 10000 then
    raise exception using errcode = 'LS001', message = 'notes are longer than 10000 characters';
  end if;
  v_conflict := lead_sync_private.take_conflict(p_conflict_id);
  if v_conflict.resolution_status in ('resolved', 'auto_resolved') then
    raise exception using errcode = 'LS021', message = 'conflict is resolved already',
      hint = 'explain_conflict says how; restore_value brings back the value that lost.';
  elsif p_resolved_by is not null and not exists (
      select from public.property_manager m where m.id = p_resolved_by) then
    raise exception using errcode = 'LS002', message = 'no such property manager',
      hint = 'Give the id of a row of property_manager, or null.';
  end if;
  if p_strategy = 'manual_review' then
    null;
  elsif v_conflict.conflict_type = 'duplicate_lead'
      and split_part(v_conflict.conflict_field, ' ', 1) = 'identity' then
    v_value := lead_sync_private.choose_identity(v_conflict, p_strategy, p_value);
    v_item_id := lead_sync_private.settle_identity(v_conflict, v_value ->> 'lead_id');
  else
    v_mapping := lead_sync_private.take_mapping(v_conflict);
    v_now := lead_sync_private.weigh_link(v_mapping, v_conflict.conflict_field);
    if v_now is null or lead_sync_private.has_moved(v_conflict, v_now) then
      raise exception using errcode = 'LS020', message = 'the values have moved',
        hint = 'explain_conflict shows those of now; decide again.';
    end if;
    v_value := case p_strategy when 'domiq_wins' then v_now -> 'domiq'
      when 'resman_wins' then v_now -> 'resman'
      else lead_sync_private.read_decision(v_now, p_value) end;
    v_item_id := lead_sync_private.settle_value(v_conflict, v_mapping, v_now, v_value, 'resolve',
      p_strategy);
  end if;
  update public.lead_sync_conflicts c
  set resolution_status = case p_strategy when 'manual_review' then 'manual_review'
        else 'resolved' end,
      resolution_strategy = p_strategy, resolved_value = v_value,
      resolved_by = coalesce(p_resolved_by, c.resolved_by), notes = coalesce(p_notes, c.notes),
      resolved_at = case when p_strategy <> 'manual_review' then clock_timestamp() end,
      winner = case p_strategy when 'domiq_wins' then 'domiq' when 'resman_wins' then 'resman'
        when 'merged' then 'merged' end,
      loser_value = case p_strategy when 'domiq_wins' then c.resman_value
        when 'resman_wins' then c.domiq_value when 'merged' then jsonb_build_object(
          'domiq', c.domiq_value, 'resman', c.resman_value) end,
      updated_at = clock_timestamp()
  where c.id = v_conflict.id;
  return jsonb_build_object('conflict_id', v_conflict.id, 'value', v_value,
    'item_id', v_item_id);
end
$fn$;
revoke all on function lead_sync.resolve_conflict(uuid, text, jsonb, uuid, text) from public;
grant execute on function lead_sync.resolve_conflict(uuid, text, jsonb, uuid, text)
  to lead_sync_service;
comment on function lead_sync.resolve_conflict(uuid, text, jsonb, uuid, text) is
'Decide an open conflict, if both sides still hold what it shows: DomIQ''s row is written at once, a
push brings ResMan to the value, and no pull can undo the decision.
p_strategy: resman_wins, domiq_wins, merged with p_value, manual_review, which only marks it.
p_value: the group''s object, or the bare value of a single field. Of a lead that may be several,
{"lead_id"} of one that was found: link with it; resman_wins takes the only one, domiq_wins none of
them. p_resolved_by: a property_manager, or null.
Returns: {"conflict_id","value","item_id": of the push or pull that follows, null without one}.
Raises: LS001, LS002, LS011 rows are locked, a push is in flight or a guard forbids the value, LS020
a side has moved, LS021 resolved already.
Locks: the conflict; the lead''s advisory lock, "user", conversation and link by try.
Writes: "user", conversation, lead_sync_conflicts, lead_sync_mapping, lead_sync_queue,
lead_sync_log, field_change, identity_decision. Notifies: lead_sync_ready, while a runner sleeps.';
