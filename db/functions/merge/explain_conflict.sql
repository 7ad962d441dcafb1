create or replace function lead_sync.explain_conflict(p_conflict_id uuid)
returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $fn$
declare
  v_conflict public.lead_sync_conflicts;
  v_mapping public.lead_sync_mapping;
  v_now jsonb;
  v_open boolean;
begin
  select c.* into v_conflict from public.lead_sync_conflicts c where c.id = p_conflict_id;
  if not found then
    select (jsonb_populate_record(null::public.lead_sync_conflicts, to_jsonb(a))).* into v_conflict
    from public.lead_sync_conflicts_archive a where a.id = p_conflict_id limit 1;
  end if;
  if v_conflict.id is null then
    raise exception using errcode = 'LS002', message = 'no such conflict',
      hint = 'list_conflicts shows those that are there.';
  end if;
  v_open := v_conflict.resolution_status in ('pending', 'manual_review');
  select m.* into v_mapping
  from public.lead_sync_mapping m where m.id = v_conflict.mapping_id;
  if v_mapping.id is not null then
    v_now := lead_sync_private.weigh_link(v_mapping, v_conflict.conflict_field);
  end if;
  return jsonb_build_object(
    'conflict_id', v_conflict.id, 'property_id', v_conflict.property_id,
    'conversation_id', v_conflict.conversation_id, 'resman_lead_id', v_conflict.resman_lead_id,
    'item_id', v_conflict.item_id, 'type', v_conflict.conflict_type,
    'field', v_conflict.conflict_field, 'severity', v_conflict.conflict_severity,
    'status', v_conflict.resolution_status, 'policy', v_conflict.policy,
    'why', v_conflict.explanation -> 'why',
    'evidence', coalesce(v_conflict.explanation - array['why', 'restored'], '{}'),
    'seen', jsonb_build_object('domiq', v_conflict.domiq_value, 'resman', v_conflict.resman_value,
      'base', v_conflict.base_value, 'first_at', v_conflict.created_at,
      'last_at', v_conflict.last_seen_at, 'times', v_conflict.times_seen),
    'decision', case when not v_open or v_conflict.resolution_status = 'manual_review' then
      jsonb_build_object('strategy', v_conflict.resolution_strategy, 'winner', v_conflict.winner,
        'value', v_conflict.resolved_value, 'kept', v_conflict.loser_value,
        'at', v_conflict.resolved_at, 'by', v_conflict.resolved_by, 'notes', v_conflict.notes,
        'restored', v_conflict.explanation -> 'restored') end,
    'now', case when v_now is not null then jsonb_build_object('domiq', v_now -> 'domiq',
      'resman', v_now -> 'resman', 'base', v_now -> 'base',
      'moved', lead_sync_private.has_moved(v_conflict, v_now)) end,
    'strategies', case when v_now is not null and v_open then (
      select jsonb_object_agg(s.strategy, jsonb_build_object('value', s.value,
        'writes_domiq', jsonb_strip_nulls(s.value) <> jsonb_strip_nulls(v_now -> 'domiq'),
        'pushes', jsonb_strip_nulls(s.value) <> jsonb_strip_nulls(v_now -> 'resman'),
        'forbidden', lead_sync_private.forbid_value(v_mapping, v_now, s.value)))
      from (values ('domiq_wins', v_now -> 'domiq'), ('resman_wins', v_now -> 'resman'))
        as s(strategy, value)) end
    || '{"merged": "the value given, on both sides", "manual_review": "waits for a person"}');
end
$fn$;
revoke all on function lead_sync.explain_conflict(uuid) from public;
grant execute on function lead_sync.explain_conflict(uuid) to lead_sync_service;
comment on function lead_sync.explain_conflict(uuid) is
'Tell all about a conflict: what was seen on both sides and when, the base, the policy and why it
ended so, who decided, how both sides stand now, and what each strategy would do. Archived ones too.
Returns: {"conflict_id","type","field","severity","status","policy","why","evidence","seen",
"decision","now","strategies",…}; now is null where the link is no more.
Raises: LS002.';
