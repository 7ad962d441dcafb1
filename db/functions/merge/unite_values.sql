create or replace function lead_sync_private.unite_values(p_domiq jsonb, p_resman jsonb)
returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $fn$
declare
  v_result jsonb := p_resman || p_domiq;
  v_key text;
  v_domiq jsonb;
  v_resman jsonb;
begin
  for v_key in select k from jsonb_object_keys(v_result) as k loop
    v_domiq := coalesce(p_domiq -> v_key, 'null');
    v_resman := coalesce(p_resman -> v_key, 'null');
    if v_domiq = v_resman or v_resman = 'null' then
      v_result := v_result || jsonb_build_object(v_key, v_domiq);
    elsif v_domiq = 'null' then
      v_result := v_result || jsonb_build_object(v_key, v_resman);
    elsif jsonb_typeof(v_domiq) = 'array' and jsonb_typeof(v_resman) = 'array' then
      -- pets: of a kind both sides name, the greater number
      v_result := v_result || jsonb_build_object(v_key, (
        select jsonb_agg(e order by e::text)
        from (
          select distinct on (coalesce(x ->> 'type', x::text)) x as e
          from jsonb_array_elements(v_domiq || v_resman) as x
          order by coalesce(x ->> 'type', x::text),
            case when jsonb_typeof(x -> 'count') = 'number' then (x ->> 'count')::numeric end
              desc nulls last) as kinds));
    elsif v_key = 'comment' then
      v_result := v_result || jsonb_build_object(v_key, case
        when position(v_resman #>> '{}' in v_domiq #>> '{}') > 0 then v_domiq
        when position(v_domiq #>> '{}' in v_resman #>> '{}') > 0 then v_resman
        else to_jsonb(format(E'%s\n%s', v_domiq #>> '{}', v_resman #>> '{}')) end);
    else
      return null;
    end if;
  end loop;
  return v_result;
end
$fn$;
revoke all on function lead_sync_private.unite_values(jsonb, jsonb) from public;
comment on function lead_sync_private.unite_values(jsonb, jsonb) is
'Combine both sides of a group: lists by their kinds, a comment by appending what the other lacks,
a blank by the other''s value.
Returns: the group; null where two single values differ and nothing combines them.';
