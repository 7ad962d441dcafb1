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
  -- A value is normalised once, however many of the four documents hold it.
  for v_group, domiq, resman, v_domiq_base, v_resman_base in
    select g.value, n.*
    from jsonb_array_elements(p_rules -> 'groups') with ordinality as g(value, place)
    cross join lateral (
      select
        coalesce(jsonb_object_agg(v.field, a.value) filter (where v.a is not null), '{}'),
        coalesce(jsonb_object_agg(v.field, b.value) filter (where v.b is not null), '{}'),
        coalesce(jsonb_object_agg(v.field, c.value) filter (where v.c is not null), '{}'),
        coalesce(jsonb_object_agg(v.field, d.value) filter (where v.d is not null), '{}')
      from (
        select f ->> 'field' as field, p_domiq -> (f ->> 'field') as a,
          p_resman -> (f ->> 'field') as b, p_domiq_base -> (f ->> 'field') as c,
          p_resman_base -> (f ->> 'field') as d,
          array(select jsonb_array_elements_text(f -> 'steps')) as steps
        from jsonb_array_elements(g.value -> 'fields') as f
        offset 0) as v
      -- offset: a fence, or each would be worked out again where another one refers to it
      cross join lateral (select case
          when v.a <> 'null' then lead_sync_private.apply_steps(v.steps, v.a, v_country)
          else v.a end as value offset 0) as a
      cross join lateral (select case when v.b = v.a then a.value
          when v.b <> 'null' then lead_sync_private.apply_steps(v.steps, v.b, v_country)
          else v.b end as value offset 0) as b
      cross join lateral (select case when v.c = v.a then a.value when v.c = v.b then b.value
          when v.c <> 'null' then lead_sync_private.apply_steps(v.steps, v.c, v_country)
          else v.c end as value offset 0) as c
      cross join lateral (select case when v.d = v.b then b.value when v.d = v.c then c.value
          when v.d <> 'null' then lead_sync_private.apply_steps(v.steps, v.d, v_country)
          else v.d end as value offset 0) as d
    ) as n
    where ((p_rules -> 'still') || (p_rules -> 'silent')) ? (g.value ->> 'name') is not true
    order by g.place
  loop
    field_group := v_group ->> 'name';
    if p_rules -> 'rebase' = 'true' then
      v_domiq_base := lead_sync_private.rebase_group(p_rules, v_group, p_domiq_base, p_domiq);
      v_resman_base := lead_sync_private.rebase_group(p_rules, v_group, p_resman_base,
        p_resman);
    end if;
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
p_rules: as merge_rules; those that still_groups names are left out. p_evidence: {"domiq_times":
{group: time}, "resman_after","resman_before": between which ResMan''s change came, "opaque":
[groups that DomIQ holds in a form nobody can read], "blank": [groups that DomIQ leaves empty],
"spans": the user belongs to several companies}.
Returns: a row a group. action: in_sync, converged (equal now: move the base), push, pull, decided
(both changed: result is what both are to hold), conflict (a person decides), suppressed (winner''s
value may not be written: why), skip. domiq and resman: normalised, what was not observed as it
was; base null without one.';
