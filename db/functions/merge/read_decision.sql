create or replace function lead_sync_private.read_decision(p_now jsonb, p_value jsonb)
returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $fn$
declare
  v_fields text[] := array(
    select f ->> 'field' from jsonb_array_elements(p_now #> '{group,fields}') as f);
  v_value jsonb := p_value;
  v_field text;
  v_wrong text;
begin
  if jsonb_typeof(v_value) <> 'object' and cardinality(v_fields) = 1 then
    v_value := jsonb_build_object(v_fields[1], v_value);
  elsif jsonb_typeof(v_value) <> 'object' then
    raise exception using errcode = 'LS001', message = 'value is not an object',
      hint = format('Give an object of %s.', array_to_string(v_fields, ', '));
  end if;
  foreach v_field in array v_fields loop
    if not v_value ? v_field then
      -- what both sides agree on need not be said again
      if coalesce(p_now #> array['domiq', v_field], 'null')
          <> coalesce(p_now #> array['resman', v_field], 'null') then
        v_wrong := format('value lacks %s', v_field);
      end if;
      v_value := v_value || jsonb_build_object(v_field,
        coalesce(p_now #> array['domiq', v_field], 'null'));
    end if;
  end loop;
  if v_value - v_fields <> '{}' then
    v_wrong := 'value names a field of another group';
  end if;
  v_wrong := coalesce(v_wrong, lead_sync_private.check_lead('{"lead_id": "-"}' || v_value));
  begin
    v_value := lead_sync_private.normalise_group(p_now #> '{group,fields}', v_value,
      p_now ->> 'country');
  exception when data_exception then
    v_wrong := coalesce(v_wrong, 'value cannot be read');
  end;
  if v_value ->> 'status' not in ('prospect', 'lost', 'applicant', 'current_resident') then
    v_wrong := coalesce(v_wrong, 'status is none of prospect, lost, applicant, current_resident');
  end if;
  if v_wrong is not null then
    raise exception using errcode = 'LS001', message = v_wrong,
      hint = format('Give an object of %s.', array_to_string(v_fields, ', '));
  end if;
  return v_value;
end
$fn$;
revoke all on function lead_sync_private.read_decision(jsonb, jsonb) from public;
comment on function lead_sync_private.read_decision(jsonb, jsonb) is
'Read a value that a person gives for a group: its object, or the bare value of a single field; a
field on which both sides agree may be left out. p_now: as weigh_link.
Returns: the group''s object, normalised. Raises: LS001.';
