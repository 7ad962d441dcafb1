create or replace function lead_sync_private.merge_lead(
  p_rules jsonb, p_domiq_base jsonb, p_resman_base jsonb, p_domiq jsonb, p_resman jsonb,
  p_evidence jsonb default '{}')
returns table (field_group text, action text, domiq jsonb, resman jsonb, base jsonb,
  result jsonb, winner text, policy text, conflict_type text, severity text, why text)
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $fn$
declare
  v_country text := p_rules ->> 'country';
  v_group jsonb;
  v_domiq_base jsonb;
  v_resman_base jsonb;
  v_said jsonb;
  v_guard text;
  -- ResMan's people who have applied or live there are the office's, not the chat's.
  -- A type that was not shown is as it was.
  v_type text := lead_sync_private.apply_steps('{trim,lower,stage}',
    coalesce(p_resman -> 'status', p_resman_base -> 'status'), v_country) #>> '{}';
begin
  for v_group in select g from jsonb_array_elements(p_rules -> 'groups') as g loop
    field_group := v_group ->> 'name';
    domiq := lead_sync_private.normalise_group(v_group -> 'fields', p_domiq, v_country);
    resman := lead_sync_private.normalise_group(v_group -> 'fields', p_resman, v_country);
    v_domiq_base := lead_sync_private.rebase_group(p_rules, v_group, p_domiq_base, p_domiq);
    v_resman_base := lead_sync_private.rebase_group(p_rules, v_group, p_resman_base, p_resman);
    base := case when v_domiq_base <> '{}' and v_resman_base <> '{}'
      then jsonb_build_object('domiq', v_domiq_base, 'resman', v_resman_base) end;
    action := lead_sync_private.compare_group(domiq, resman, v_domiq_base, v_resman_base);
    domiq := v_domiq_base || domiq;
    resman := v_resman_base || resman;
    winner := null;
    policy := null;
    conflict_type := null;
    severity := null;
    why := null;
    result := case action when 'push' then domiq when 'pull' then resman
      when 'converged' then domiq || resman when 'in_sync' then domiq || resman end;
    if action = 'conflict' then
      v_said := lead_sync_private.decide_conflict(v_group, domiq, resman, base, p_evidence);
      winner := v_said ->> 'winner';
      result := nullif(v_said -> 'result', 'null');
      policy := v_said ->> 'policy';
      severity := v_said ->> 'severity';
      why := v_said ->> 'why';
      conflict_type := case when field_group = 'status' then 'status_conflict'
        when base is null then 'field_mismatch' else 'data_conflict' end;
      action := case when winner is null then 'conflict' else 'decided' end;
    end if;
    if action in ('push', 'pull', 'decided') then
      v_guard := lead_sync_private.guard_group(v_group, p_rules ->> 'direction', v_type, domiq,
        resman, result, p_evidence);
      if v_guard is not null and action = 'decided' and v_guard not like 'direction%' then
        -- a policy may not do what a guard forbids, and nobody's value is given up
        action := 'conflict';
        winner := null;
        result := null;
        severity := 'critical';
        why := v_guard;
      elsif v_guard is not null then
        winner := case action when 'push' then 'domiq' when 'pull' then 'resman'
          else winner end;
        action := 'suppressed';
        why := v_guard;
      end if;
    end if;
    return next;
  end loop;
end
$fn$;
revoke all on function lead_sync_private.merge_lead(jsonb, jsonb, jsonb, jsonb, jsonb, jsonb)
  from public;
comment on function lead_sync_private.merge_lead(jsonb, jsonb, jsonb, jsonb, jsonb, jsonb) is
'Merge a whole lead three ways, group by group: a pure function of rules, bases, both sides and
evidence.
p_rules: as merge_rules. p_evidence: {"domiq_times": {group: time}, "resman_after","resman_before":
between which ResMan''s change came, "opaque": [groups that DomIQ holds in a form nobody can read],
"blank": [groups that DomIQ leaves empty], "spans": the user belongs to several companies}.
Returns: a row a group. action: in_sync, converged (equal now: move the base), push, pull, decided
(both changed: result is what both are to hold), conflict (a person decides), suppressed (winner''s
value may not be written: why), skip. domiq and resman: normalised, what was not observed as it
was; base null without one.';
