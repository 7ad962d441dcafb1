create or replace function lead_sync_private.sort_groups(
  p_rows jsonb, p_failed jsonb, p_rules jsonb)
returns jsonb
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $fn$
declare
  v_row jsonb;
  v_name text;
  v_send jsonb := '{}'::jsonb;
  v_domiq jsonb := '{}'::jsonb;
  v_resman jsonb := '{}'::jsonb;
  v_now_domiq jsonb := '{}'::jsonb;
  v_now_resman jsonb := '{}'::jsonb;
  v_names jsonb :=
    '{"pushed": [], "pulled": [], "suppressed": [], "conflicts": []}'::jsonb;
  v_agreed jsonb := '[]'::jsonb;
  v_list text;
begin
  for v_row in select r from jsonb_array_elements(p_rows) as r loop
    v_name := v_row ->> 'field_group';
    if v_row ->> 'action' = 'in_sync' and not p_failed ? v_name then
      -- most groups of most merges
      v_agreed := v_agreed || (v_row -> 'field_group');
      v_now_domiq := v_now_domiq || coalesce(v_row #> '{base,domiq}', '{}');
      v_now_resman := v_now_resman || coalesce(v_row #> '{base,resman}', '{}');
      continue;
    end if;
    v_list := case when p_failed ? v_name then 'conflicts' else case v_row ->> 'action'
      when 'push' then 'pushed' when 'pull' then 'pulled' when 'converged' then 'agreed'
      when 'conflict' then 'conflicts'
      when 'suppressed' then 'suppressed' when 'decided' then case
        when v_row -> 'result' <> v_row -> 'resman' then 'pushed' else 'pulled' end
      end end;
    continue when v_list is null;
    if v_list = 'agreed' then
      v_agreed := v_agreed || (v_row -> 'field_group');
    else
      v_names := jsonb_set(v_names, array[v_list],
        (v_names -> v_list) || (v_row -> 'field_group'));
    end if;
    if v_list = 'pushed' then
      v_send := v_send || (v_row -> 'result');
      v_domiq := v_domiq || (v_row -> 'result');
      v_resman := v_resman || (v_row -> 'result');
      if v_row ->> 'action' = 'decided' then
        -- exactly this push remains, and no pull can undo the decision
        v_now_domiq := v_now_domiq || (v_row -> 'resman');
        v_now_resman := v_now_resman || (v_row -> 'resman');
      elsif coalesce(p_rules -> 'rebase', 'false') = 'true' and v_row -> 'base' <> 'null' then
        v_now_domiq := v_now_domiq || (v_row #> '{base,domiq}');
        v_now_resman := v_now_resman || (v_row #> '{base,resman}');
      end if;
    elsif v_list = 'pulled' or v_row ->> 'action' = 'converged' then
      v_now_domiq := v_now_domiq || (v_row -> 'result');
      v_now_resman := v_now_resman || (v_row -> 'resman');
    elsif coalesce(p_rules -> 'rebase', 'false') = 'true' and v_row -> 'base' <> 'null' then
      v_now_domiq := v_now_domiq || (v_row #> '{base,domiq}');
      v_now_resman := v_now_resman || (v_row #> '{base,resman}');
    end if;
  end loop;
  return v_names || jsonb_build_object('agreed', v_agreed, 'send', v_send, 'domiq_base', v_domiq,
    'resman_base', v_resman, 'now_domiq', v_now_domiq, 'now_resman', v_now_resman,
    'failed', p_failed, 'rules_version', p_rules -> 'version');
end
$fn$;
revoke all on function lead_sync_private.sort_groups(jsonb, jsonb, jsonb) from public;
comment on function lead_sync_private.sort_groups(jsonb, jsonb, jsonb) is
'Sort the rows of a merge by what is to be done about them.
p_failed: groups that DomIQ would not take: they are conflicts.
Returns: names of groups by kind; "send" and the bases once that is acknowledged; "now_domiq" and
"now_resman": the bases that move at once.';
