create or replace function lead_sync_private.decide_conflict(
  p_group jsonb, p_domiq jsonb, p_resman jsonb, p_base jsonb, p_evidence jsonb)
returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $fn$
declare
  v_name text := p_group ->> 'name';
  v_contact boolean := (p_group -> 'contact')::boolean;
  v_policy text := p_group ->> 'policy';
  v_domiq_blank boolean := jsonb_strip_nulls(p_domiq) = '{}';
  v_resman_blank boolean := jsonb_strip_nulls(p_resman) in ('{}', '{"pets": []}');
  v_at timestamptz := (p_evidence #>> array['domiq_times', v_name])::timestamptz;
  -- how long ResMan has shown this very value: while it waits, later reads narrow nothing down
  v_seen jsonb := case when p_evidence #> array['resman_seen', v_name, 'value'] = p_resman
    then p_evidence #> array['resman_seen', v_name] else jsonb_build_object(
      'after', p_evidence -> 'resman_after', 'at', p_evidence -> 'resman_before') end;
  v_winner text;
  v_result jsonb;
  v_why text := format('policy %s', v_policy);
  v_severity text := case when v_contact then 'high' else 'medium' end;
begin
  if v_contact and (v_domiq_blank or v_resman_blank)
     and (p_group -> 'allow_blank') is distinct from 'true' then
    -- a contact value that one side blanked is never given up for the blank
    v_winner := case when v_resman_blank then 'domiq' else 'resman' end;
    v_why := 'the other side is blank';
  elsif v_name = 'status' and p_domiq ->> 'status' = 'lost'
     and p_resman ->> 'status' in ('applicant', 'current_resident') then
    v_severity := 'critical';
    v_why := 'lost in DomIQ, an applicant or resident in ResMan';
  else
    case v_policy
      when 'domiq_wins' then v_winner := 'domiq';
      when 'resman_wins' then v_winner := 'resman';
      when 'newest_wins' then
        if p_base is null then
          v_why := 'both sides had a value before they were linked: time decides nothing';
        elsif v_at < (v_seen ->> 'after')::timestamptz then
          v_winner := 'resman';
        elsif v_at > (v_seen ->> 'at')::timestamptz then
          v_winner := 'domiq';
        else
          v_why := 'undecidable: which edit came later cannot be told';
        end if;
      when 'fill_blank_only' then
        v_winner := case when v_resman_blank then 'domiq' when v_domiq_blank then 'resman' end;
      when 'furthest_stage' then
        v_winner := lead_sync_private.further_status(p_domiq ->> 'status',
          p_resman ->> 'status');
      when 'union' then
        v_result := lead_sync_private.unite_values(p_domiq, p_resman);
        v_winner := case when v_result is not null then 'merged' end;
      else
        v_why := 'a person decides';
    end case;
    if v_winner is null and v_why like 'policy%' then
      v_why := format('%s does not tell', v_why);
    end if;
  end if;
  if v_severity <> 'critical' and (v_domiq_blank or v_resman_blank
      or regexp_replace(lower(p_domiq::text), '[\s[:punct:]]', '', 'g')
       = regexp_replace(lower(p_resman::text), '[\s[:punct:]]', '', 'g')) then
    v_severity := 'low';
  end if;
  return jsonb_build_object('winner', v_winner, 'policy', v_policy, 'severity', v_severity,
    'why', v_why, 'result', case v_winner when 'domiq' then p_domiq when 'resman' then p_resman
      else v_result end);
end
$fn$;
revoke all on function lead_sync_private.decide_conflict(jsonb, jsonb, jsonb, jsonb, jsonb)
  from public;
comment on function lead_sync_private.decide_conflict(jsonb, jsonb, jsonb, jsonb, jsonb) is
'Decide a group that both sides changed, or had before they were linked, by its policy.
Returns: {"winner": domiq, resman, merged or null where a person decides, "result","policy",
"severity","why"}.';
