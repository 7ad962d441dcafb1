create or replace function lead_sync_private.merge_groups(
  p_item public.lead_sync_queue, p_state jsonb, p_mapping public.lead_sync_mapping,
  p_read jsonb, p_issued_at timestamptz, p_dry boolean default false)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $fn$
declare
  -- Versions first: an edit between the two statements costs one more push, never a lost one.
  v_versions jsonb := lead_sync_private.lead_versions(p_item.conversation_id);
  v_domiq jsonb := lead_sync_private.build_lead(p_item.conversation_id, p_mapping.id);
  -- conflicts are the link's: those of a follower stand with the conversation that leads
  v_item public.lead_sync_queue := p_item;
  v_rules jsonb := case
      -- not those of many leads for a base that was written under other ones
      when (p_state #>> '{rules,version}')::integer = coalesce(p_mapping.rules_version,
        (p_state #>> '{rules,version}')::integer) then p_state -> 'rules'
      else lead_sync_private.merge_rules(p_item.property_id, p_mapping.rules_version) end;
  v_base jsonb := lead_sync_private.adjust_base(p_state, p_mapping, p_read, v_rules);
  v_evidence jsonb;
  v_in_step text;
  v_rows jsonb;
  v_pull jsonb;
  v_failed jsonb := '{}'::jsonb;
  v_result jsonb;
begin
  v_item.conversation_id := coalesce(p_mapping.conversation_id, p_item.conversation_id);
  if not p_dry then -- or every group is to be told of
    v_rules := v_rules || lead_sync_private.still_groups(v_rules, v_base -> 'domiq',
      v_base -> 'resman', v_domiq, p_read);
  end if;
  v_evidence := lead_sync_private.gather_evidence(v_item.conversation_id, p_mapping, v_rules);
  select coalesce(jsonb_agg(case
      when v_evidence -> 'held' ? m.field_group
          and m.action in ('push', 'pull', 'decided', 'conflict')
        or m.action in ('push', 'pull') and lead_sync_private.is_flipping(p_mapping.id,
          m.field_group, m.action, m.result)
      then to_jsonb(m) || jsonb_build_object('action', 'conflict', 'winner', null,
        'result', null, 'severity', 'critical', 'policy', 'manual_review', 'quarantine', true,
        'conflict_type', coalesce(m.conflict_type, 'data_conflict'),
        'why', 'the value goes back and forth between the sides')
      else to_jsonb(m) end), '[]')
  into v_rows
  from lead_sync_private.merge_lead(v_rules, v_base -> 'domiq', v_base -> 'resman', v_domiq,
    p_read, v_evidence) as m;

  select coalesce(jsonb_object_agg(r ->> 'field_group', r -> 'result'), '{}') into v_pull
  from jsonb_array_elements(v_rows) as r
  where r ->> 'action' = 'pull'
     or r ->> 'action' = 'decided' and r -> 'result' <> r -> 'domiq';
  if p_dry then
    return lead_sync_private.sort_groups(v_rows, '{}', v_rules) || jsonb_build_object(
      'versions', v_versions, 'domiq', v_domiq, 'rows', v_rows);
  end if;
  if v_pull ? 'status' then
    -- a pull puts one word in the place of DomIQ's finer ones: the history keeps this one
    select v_evidence || jsonb_strip_nulls(jsonb_build_object('status_text', c.status))
    into v_evidence
    from public.conversation c
    where c.id = any (
      lead_sync_private.link_conversations(p_item.conversation_id, p_mapping.id))
    order by c.created_at desc, c.id limit 1;
  end if;
  if v_pull <> '{}' then
    -- The end of a pull goes to DomIQ's row with its values, where it can be told beforehand.
    v_in_step := case when p_item.sync_operation = 'pull' and not v_evidence ? 'open'
        and not jsonb_path_exists(v_rows, '$[*] ? (@.action == "conflict" || @.action == "push"
          || @.action == "decided")')
      then p_mapping.resman_lead_id end;
    v_failed := lead_sync_private.apply_pull(p_item.conversation_id, p_mapping, v_domiq, v_pull,
      v_in_step);
    v_versions := lead_sync_private.lead_versions(p_item.conversation_id);
    -- a pull sends nothing: nobody asks it for DomIQ's side
    v_domiq := case when p_item.sync_operation is distinct from 'pull'
      then lead_sync_private.build_lead(p_item.conversation_id, p_mapping.id) end;
  end if;
  v_result := lead_sync_private.sort_groups(v_rows, v_failed, v_rules);
  v_result := v_result || jsonb_build_object('versions', v_versions, 'domiq', v_domiq,
    'agreed', (v_result -> 'agreed') || (v_rules -> 'still'), 'silent', v_rules -> 'silent',
    'open', v_evidence ? 'open');
  return v_result || lead_sync_private.keep_merge(v_item, p_mapping, v_rows, v_result,
    v_base, p_read, p_issued_at, v_evidence);
end
$fn$;
revoke all on function lead_sync_private.merge_groups(public.lead_sync_queue, jsonb,
  public.lead_sync_mapping, jsonb, timestamptz, boolean) from public;
comment on function lead_sync_private.merge_groups(public.lead_sync_queue, jsonb,
  public.lead_sync_mapping, jsonb, timestamptz, boolean) is
'Merge a linked lead as just read: what ResMan changed is written to DomIQ, conflicts are decided
and kept, the base moves for all but what is still to be pushed.
p_state: as adjust_base; "rules": merge_rules of the property, where the caller has them.
p_issued_at: when the read was issued. p_dry: nothing is written.
Returns: {"send": values to push, "domiq_base","resman_base": the base of these groups once that is
acknowledged, "pushed","pulled","suppressed","conflicts","agreed": names of groups,
"conflict_ids", "open": whether a conflict was open, "silent": as still_groups,
"versions","domiq": as DomIQ stands now; of a pull that has written no domiq}.
Raises: lock_not_available where DomIQ''s rows cannot be locked at once.
Writes: "user", conversation, lead_sync_mapping, lead_sync_conflicts, field_change.
Notifies: lead_sync_conflict.';
