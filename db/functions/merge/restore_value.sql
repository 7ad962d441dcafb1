create or replace function lead_sync.restore_value(p_conflict_id uuid)
returns jsonb
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '500ms'
as $fn$
declare
  v_conflict public.lead_sync_conflicts := lead_sync_private.take_conflict(p_conflict_id);
  v_mapping public.lead_sync_mapping;
  v_now jsonb;
  v_value jsonb;
  v_item_id uuid;
begin
  if v_conflict.explanation ? 'restored' then
    return jsonb_build_object('conflict_id', v_conflict.id) || jsonb_build_object(
      'value', v_conflict.explanation #> '{restored,value}',
      'item_id', v_conflict.explanation #> '{restored,item_id}');
  elsif v_conflict.resolution_status not in ('resolved', 'auto_resolved') then
    raise exception using errcode = 'LS011', message = 'conflict is open',
      hint = 'resolve_conflict decides it; nothing was lost yet.';
  elsif coalesce(v_conflict.winner, 'merged') = 'merged'
      or split_part(v_conflict.conflict_field, ' ', 1) = 'identity' then
    raise exception using errcode = 'LS011', message = 'the conflict has no single loser',
      hint = 'explain_conflict shows what it kept; write what is wanted in DomIQ or ResMan.';
  end if;
  v_mapping := lead_sync_private.take_mapping(v_conflict);
  if exists (
      select from public.lead_sync_conflicts c
      where c.conversation_id = v_conflict.conversation_id
        and c.conflict_field = v_conflict.conflict_field
        and c.resolution_status in ('pending', 'manual_review')) then
    raise exception using errcode = 'LS011', message = 'a later conflict on the field is open',
      hint = 'Resolve that one.';
  end if;
  v_now := lead_sync_private.weigh_link(v_mapping, v_conflict.conflict_field);
  v_value := lead_sync_private.normalise_group(v_now #> '{group,fields}',
    v_conflict.loser_value, v_now ->> 'country');
  -- an edit made since the decision is not given up for an older value
  if v_now is null
    or jsonb_strip_nulls(v_now -> 'domiq') not in (jsonb_strip_nulls(v_value),
      jsonb_strip_nulls(v_conflict.resolved_value))
    or jsonb_strip_nulls(v_now -> 'resman') not in (jsonb_strip_nulls(v_conflict.resman_value),
      jsonb_strip_nulls(v_conflict.resolved_value)) then
    raise exception using errcode = 'LS020', message = 'the values have moved',
      hint = 'Somebody has edited the field since; explain_conflict shows what it kept.';
  end if;
  v_item_id := lead_sync_private.settle_value(v_conflict, v_mapping, v_now, v_value, 'restore',
    case v_conflict.winner when 'domiq' then 'resman_wins' else 'domiq_wins' end);
  update public.lead_sync_conflicts c
  set resolution_status = v_conflict.resolution_status, updated_at = clock_timestamp(),
      explanation = coalesce(c.explanation, '{}') || jsonb_build_object('restored',
        jsonb_build_object('at', clock_timestamp(), 'value', v_value, 'item_id', v_item_id,
          'instead_of', c.resolved_value))
  where c.id = v_conflict.id;
  return jsonb_build_object('conflict_id', v_conflict.id, 'value', v_value,
    'item_id', v_item_id);
end
$fn$;
revoke all on function lead_sync.restore_value(uuid) from public;
grant execute on function lead_sync.restore_value(uuid) to lead_sync_service;
comment on function lead_sync.restore_value(uuid) is
'Bring back the value that lost in a conflict, decided by a policy or a person, on both sides, unless
the field was edited since. A second call changes nothing.
Returns: {"conflict_id","value","item_id"}, as resolve_conflict.
Raises: LS002, LS011 open, no single loser, rows locked, a push in flight or a guard forbids it,
LS020 edited since, LS021 archived.
Writes, Locks, Notifies: as resolve_conflict.';
