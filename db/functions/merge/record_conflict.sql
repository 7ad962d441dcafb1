create or replace function lead_sync_private.record_conflict(
  p_item public.lead_sync_queue, p_mapping_id uuid, p_lead_id text, p_conflict jsonb)
returns uuid
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $fn$
declare
  v_now timestamptz := clock_timestamp();
  v_winner text := p_conflict ->> 'winner';
  v_loser jsonb := case v_winner when 'domiq' then p_conflict -> 'resman'
    when 'resman' then p_conflict -> 'domiq'
    when 'merged' then jsonb_build_object('domiq', p_conflict -> 'domiq',
      'resman', p_conflict -> 'resman') end;
  v_status text := case when v_winner is not null then 'auto_resolved'
    when p_conflict ->> 'policy' = 'manual_review' then 'manual_review' else 'pending' end;
  v_strategy text := case v_winner when 'domiq' then 'domiq_wins' when 'resman' then 'resman_wins'
    when 'merged' then 'merged' else 'manual_review' end;
  v_explanation jsonb := jsonb_strip_nulls(jsonb_build_object('why', p_conflict -> 'why',
    'quarantine', p_conflict -> 'quarantine',
    'leads', p_conflict -> 'leads', 'evidence', p_conflict -> 'evidence',
    'resman_after', p_conflict -> 'resman_after', 'resman_seen_at', to_jsonb(v_now)));
  v_id uuid;
  v_new boolean;
begin
  insert into public.lead_sync_conflicts as c
    (conversation_id, resman_lead_id, conflict_type, conflict_field, resman_value, domiq_value,
     conflict_severity, resolution_status, resolution_strategy, resolved_value, resolved_at,
     property_id, mapping_id, item_id, base_value, policy, winner, loser_value, last_seen_at,
     explanation, created_at, updated_at)
  values
    (p_item.conversation_id, p_lead_id, p_conflict ->> 'type', p_conflict ->> 'field',
     p_conflict -> 'resman', p_conflict -> 'domiq', p_conflict ->> 'severity', 'pending',
     v_strategy, null, null, p_item.property_id, p_mapping_id, p_item.id,
     nullif(p_conflict -> 'base', 'null'), coalesce(p_conflict ->> 'policy', 'manual_review'),
     null, null, v_now, v_explanation, v_now, v_now)
  on conflict (conversation_id, conflict_field)
    where resolution_status in ('pending', 'manual_review')
  do update set
    resman_value = excluded.resman_value, domiq_value = excluded.domiq_value,
    base_value = excluded.base_value, resman_lead_id = excluded.resman_lead_id,
    mapping_id = coalesce(excluded.mapping_id, c.mapping_id), item_id = excluded.item_id,
    conflict_type = excluded.conflict_type, policy = excluded.policy,
    conflict_severity = lead_sync_private.higher_severity(c.conflict_severity,
      excluded.conflict_severity),
    explanation = jsonb_strip_nulls(jsonb_build_object('raised', c.explanation -> 'raised'))
      || case when c.resman_value is not distinct from excluded.resman_value
      -- a later read says nothing of when a value came that was there before
      then (excluded.explanation - 'resman_after') || jsonb_strip_nulls(jsonb_build_object(
        'resman_seen_at', c.explanation -> 'resman_seen_at',
        'resman_after', c.explanation -> 'resman_after',
        'quarantine', c.explanation -> 'quarantine'))
      else excluded.explanation || jsonb_strip_nulls(jsonb_build_object(
        'quarantine', c.explanation -> 'quarantine')) end,
    last_seen_at = excluded.last_seen_at, updated_at = excluded.updated_at,
    times_seen = c.times_seen + 1
  returning c.id, c.times_seen = 1 into v_id, v_new;

  if v_status <> 'pending' then
    update public.lead_sync_conflicts c
    set resolution_status = v_status, winner = v_winner, loser_value = v_loser,
        resolved_value = p_conflict -> 'result', resolution_strategy = v_strategy,
        resolved_at = case when v_winner is not null then v_now end
    where c.id = v_id and c.resolution_status is distinct from v_status;
  end if;
  if v_new and v_winner is null and current_setting('max_prepared_transactions') = '0' then
    perform pg_notify('lead_sync_conflict', v_id::text);
  end if;
  return v_id;
end
$fn$;
revoke all on function lead_sync_private.record_conflict(public.lead_sync_queue, uuid, text, jsonb)
  from public;
comment on function lead_sync_private.record_conflict(public.lead_sync_queue, uuid, text, jsonb) is
'Keep a conflict on one group of a conversation; one that is open is brought up to date, and closed
where a policy decided.
p_conflict: {"type","field","severity","domiq","resman","base","policy","why"}; with "winner" and
"result" it is auto_resolved and the loser is kept; "quarantine", "leads", "resman_after" go into
the explanation.
Returns: the conflict''s id.
Writes: lead_sync_conflicts.
Notifies: lead_sync_conflict with the id, the first time that one wants a person.';
