create or replace function lead_sync_private.normalise_group(
  p_fields jsonb, p_document jsonb, p_country text, p_steps text default 'steps')
returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $fn$
declare
  v_result jsonb := '{}'::jsonb;
  v_field jsonb;
begin
  for v_field in select f from jsonb_array_elements(p_fields) as f loop
    if p_document ? (v_field ->> 'field') then
      v_result := v_result || jsonb_build_object(v_field ->> 'field',
        lead_sync_private.apply_steps(
          array(select jsonb_array_elements_text(v_field -> p_steps)),
          p_document -> (v_field ->> 'field'), p_country));
    end if;
  end loop;
  return v_result;
end
$fn$;
revoke all on function lead_sync_private.normalise_group(jsonb, jsonb, text, text) from public;
comment on function lead_sync_private.normalise_group(jsonb, jsonb, text, text) is
'Take the observed fields of one group out of a lead document, normalised.
p_fields: [{"field","steps","base_steps"}] of merge_rules; p_steps: which of the two.
Returns: an object; a field that was not observed is absent from it.';
