create or replace function lead_sync_private.keep_merge(
  p_item public.lead_sync_queue, p_mapping public.lead_sync_mapping, p_rows jsonb,
  p_sorted jsonb, p_base jsonb, p_read jsonb, p_issued_at timestamptz, p_evidence jsonb)
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
  v_domiq jsonb := (p_base -> 'domiq') || (p_sorted -> 'now_domiq');
  v_resman jsonb := (p_base -> 'resman') || (p_sorted -> 'now_resman');
  v_moved boolean := (v_domiq, v_resman)
    is distinct from (p_mapping.domiq_base, p_mapping.resman_base);
  v_seen jsonb := p_read - 'events';
  v_row jsonb;
  v_name text;
  v_id uuid;
  v_ids jsonb := '[]'::jsonb;
  v_suppressed jsonb := p_mapping.suppressed;
  v_now timestamptz := clock_timestamp();
  v_in_step boolean := coalesce(p_item.sync_operation = 'pull', false)
    and p_sorted -> 'pushed' = '[]';
begin
  if v_suppressed <> '{}' then
    v_suppressed := v_suppressed - array(
      select r ->> 'field_group' from jsonb_array_elements(p_rows) as r
      union all
      select n from jsonb_array_elements_text((p_sorted -> 'agreed')
        || coalesce(p_sorted -> 'silent', '[]')) as n);
  end if;
  for v_row in
    select r from jsonb_array_elements(p_rows) as r
    where r ->> 'action' in ('pull', 'decided', 'conflict', 'suppressed', 'converged')
       or p_sorted -> 'conflicts' ? (r ->> 'field_group')
  loop
    v_name := v_row ->> 'field_group';
    v_id := null;
    if p_sorted -> 'conflicts' ? v_name or v_row ->> 'action' = 'decided' then
      v_id := lead_sync_private.record_conflict(p_item, p_mapping.id, p_read ->> 'lead_id',
        lead_sync_private.describe_conflict(v_row, p_sorted -> 'failed',
          p_evidence || jsonb_build_object('status',
            coalesce(p_read -> 'status', p_base #> '{resman,status}'))));
      v_ids := v_ids || to_jsonb(v_id);
    end if;
    if v_row ->> 'action' = 'suppressed' then
      v_suppressed := v_suppressed || jsonb_build_object(v_name,
        case when p_mapping.suppressed #> array[v_name, 'domiq'] = v_row -> 'domiq'
            and p_mapping.suppressed #> array[v_name, 'resman'] = v_row -> 'resman'
          then p_mapping.suppressed -> v_name
          else jsonb_build_object('side', v_row -> 'winner', 'domiq', v_row -> 'domiq',
            'resman', v_row -> 'resman', 'why', v_row -> 'why', 'at', v_now,
            'after', p_evidence -> 'resman_after') end);
    elsif p_sorted -> 'pulled' ? v_name
       or v_row ->> 'action' = 'converged' and v_row -> 'base' <> 'null' then
      insert into lead_sync_private.field_change
        (mapping_id, conversation_id, property_id, field_group, kind, old_domiq, new_domiq,
         old_resman, new_resman, policy, conflict_id, item_id)
      values (p_mapping.id, p_item.conversation_id, p_item.property_id, v_name,
        case when v_row ->> 'action' = 'converged' then 'converged' else 'pull' end,
        case when v_row ->> 'action' = 'converged' then v_row #> '{base,domiq}'
          else v_row -> 'domiq' || case when v_name = 'status' then jsonb_strip_nulls(
            jsonb_build_object('text', p_evidence -> 'status_text')) else '{}' end end,
        v_row -> 'result', v_row #> '{base,resman}', v_row -> 'resman',
        v_row ->> 'policy', v_id, p_item.id);
    end if;
  end loop;
  if p_evidence ? 'open' then
    perform lead_sync_private.close_conflicts(p_item.conversation_id, (
      select coalesce(jsonb_agg(r -> 'field_group'), '[]') || '["identity"]'
        || (p_sorted -> 'agreed')
      from jsonb_array_elements(p_rows) as r
      where not p_sorted -> 'conflicts' ? (r ->> 'field_group')
        and r ->> 'action' not in ('decided', 'skip')), 'the two sides differ no longer');
  end if;

  update public.lead_sync_mapping m
  set domiq_base = v_domiq, resman_base = v_resman,
      base_moved_at = case when v_moved then v_now else m.base_moved_at end,
      base_unconfirmed = false,
      resman_read_at = greatest(m.resman_read_at, p_issued_at),
      resman_seen = v_seen, seen_hash = md5(p_read::text),
      suppressed = v_suppressed, applied = null, missing_reads = 0,
      rules_version = coalesce((p_sorted ->> 'rules_version')::integer, m.rules_version),
      -- of a pull that leaves nothing to be pushed; where something is, the push says so
      sync_version = case when v_in_step
        then coalesce((p_sorted #>> '{versions,conversation}')::integer, m.sync_version)
        else m.sync_version end,
      user_sync_version = case when v_in_step
        then coalesce((p_sorted #>> '{versions,user}')::integer, m.user_sync_version)
        else m.user_sync_version end,
      last_sync_at = case when v_in_step then v_now else m.last_sync_at end,
      verified_at = case when p_sorted -> 'pushed' = '[]' then v_now else m.verified_at end,
      updated_at = v_now
  where m.id = p_mapping.id;
  return jsonb_build_object('conflict_ids', v_ids);
end
$fn$;
revoke all on function lead_sync_private.keep_merge(public.lead_sync_queue,
  public.lead_sync_mapping, jsonb, jsonb, jsonb, jsonb, timestamptz, jsonb) from public;
comment on function lead_sync_private.keep_merge(public.lead_sync_queue,
  public.lead_sync_mapping, jsonb, jsonb, jsonb, jsonb, timestamptz, jsonb) is
'Write what a merge came to, in the transaction that wrote DomIQ''s rows: conflicts, bases, history,
what is suppressed, that the lead was read and, of a pull that leaves nothing to be pushed, as of
which versions the link is in step.
p_sorted: as sort_groups, with the "versions" and the groups that still_groups named.
p_evidence: "open" conflicts are closed where the sides differ no longer.
Returns: {"conflict_ids"}.
Writes: lead_sync_conflicts, lead_sync_mapping, field_change. Notifies: lead_sync_conflict.';
