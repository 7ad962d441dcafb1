create or replace function lead_sync_private.compare_group(
  p_domiq jsonb, p_resman jsonb, p_domiq_base jsonb, p_resman_base jsonb)
returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $fn$
declare
  -- What was not observed is no change: it is as it was, or blank where nothing is known.
  v_domiq jsonb := p_domiq_base || p_domiq;
  v_resman jsonb := p_resman_base || p_resman;
  v_has_base boolean := p_domiq_base <> '{}' and p_resman_base <> '{}';
  v_domiq_changed boolean;
  v_resman_changed boolean;
  v_key text;
  v_fill boolean := true;
  v_take boolean := true;
begin
  if v_has_base and v_domiq = p_domiq_base and v_resman = p_resman_base then
    return 'in_sync'; -- most groups of most merges
  end if;
  -- ResMan shows no pets where nobody asked
  if v_domiq = '{}' and not exists (
      select from jsonb_each(v_resman) as r where r.value not in ('null', '[]')) then
    return 'skip';
  end if;
  for v_key in select k from jsonb_object_keys(v_domiq || v_resman) as k loop
    v_domiq := jsonb_build_object(v_key, null) || v_domiq;
    v_resman := jsonb_build_object(v_key, null) || v_resman;
    if v_domiq -> v_key <> v_resman -> v_key then
      -- DomIQ says so only where somebody answered
      v_fill := v_fill and v_resman -> v_key in ('null', '[]');
      v_take := v_take and v_domiq -> v_key = 'null';
    end if;
  end loop;

  -- within a group a blank is the same as no value
  if v_domiq = v_resman then
    return case when v_has_base
        and jsonb_strip_nulls(v_domiq) = jsonb_strip_nulls(p_domiq_base)
        and jsonb_strip_nulls(v_resman) = jsonb_strip_nulls(p_resman_base)
      then 'in_sync' else 'converged' end;
  elsif not v_has_base then
    return case
      when v_fill and p_domiq <> '{}' then 'push'
      when v_take and p_resman <> '{}' then 'pull'
      -- nothing is written on the word of half a base
      when p_domiq = '{}' or p_resman = '{}' then 'skip'
      else 'conflict' end;
  end if;
  v_domiq_changed := jsonb_strip_nulls(v_domiq) <> jsonb_strip_nulls(p_domiq_base);
  v_resman_changed := jsonb_strip_nulls(v_resman) <> jsonb_strip_nulls(p_resman_base);
  return case
    when v_domiq_changed and v_resman_changed then 'conflict'
    when v_domiq_changed then 'push'
    when v_resman_changed then 'pull'
    else 'in_sync' end;
end
$fn$;
revoke all on function lead_sync_private.compare_group(jsonb, jsonb, jsonb, jsonb) from public;
comment on function lead_sync_private.compare_group(jsonb, jsonb, jsonb, jsonb) is
'Compare one group of a lead three ways: both sides and what each held when they last agreed.
All four are objects of normalised values; {} is not observed, or no base.
Returns: in_sync, converged (equal now: move the base), push (DomIQ changed alone, or fills a
blank), pull (ResMan changed alone, or fills a blank), conflict, skip (neither says anything).';
