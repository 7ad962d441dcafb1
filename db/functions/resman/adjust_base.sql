create or replace function lead_sync_private.adjust_base(
  p_state jsonb, p_mapping public.lead_sync_mapping, p_read jsonb, p_rules jsonb)
returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $fn$
declare
  v_domiq jsonb := coalesce(p_mapping.domiq_base, '{}');
  v_resman jsonb := coalesce(p_mapping.resman_base, '{}');
  v_sent_resman jsonb := p_state #> '{sent,resman_base}';
  v_created boolean := p_state #>> '{sent,create_key}' is not null
    and jsonb_path_exists(p_read, '$.events[*].key ? (@ == $key)',
      jsonb_build_object('key', p_state #> '{sent,create_key}'));
  v_country text := p_rules ->> 'country';
  v_group text;
  v_fields jsonb;
  v_field text;
begin
  -- A deleted link's base says nothing of the lead that takes its place.
  if p_mapping.mapping_status is distinct from 'active' then
    v_domiq := '{}';
    v_resman := '{}';
  end if;
  -- A save whose answer was lost: a create arrived whole if its mark is there, an update in the
  -- groups that show what was sent.
  if v_created or p_state #>> '{sent,lead_id}' = p_read ->> 'lead_id' then
    for v_group in select jsonb_array_elements_text(p_state #> '{sent,pushed}') loop
      v_fields := jsonb_path_query_first(p_rules, '$.groups[*] ? (@.name == $name).fields',
        jsonb_build_object('name', v_group));
      if v_created or lead_sync_private.normalise_group(v_fields, p_read, v_country)
         = lead_sync_private.normalise_group(v_fields, v_sent_resman, v_country) then
        v_domiq := v_domiq || lead_sync_private.normalise_group(v_fields,
          p_state #> '{sent,domiq_base}', v_country);
        v_resman := v_resman || lead_sync_private.normalise_group(v_fields, v_sent_resman,
          v_country);
      end if;
    end loop;
  end if;
  -- The first read after a save: a text that was cut short is how ResMan shows what was sent.
  if p_mapping.base_unconfirmed or v_created then
    for v_field in
      select f.field from lead_sync_private.lead_field f
      where f.normaliser = 'text'
        and v_resman ->> f.field like '_%' and btrim(p_read ->> f.field) <> ''
        and length(btrim(p_read ->> f.field)) < length(v_resman ->> f.field)
        and starts_with(v_resman ->> f.field, btrim(p_read ->> f.field))
    loop
      v_resman := v_resman || jsonb_build_object(v_field, btrim(p_read ->> v_field));
    end loop;
  end if;
  return jsonb_build_object('domiq', v_domiq, 'resman', v_resman);
end
$fn$;
revoke all on function lead_sync_private.adjust_base(jsonb, public.lead_sync_mapping,
  jsonb, jsonb) from public;
comment on function lead_sync_private.adjust_base(jsonb, public.lead_sync_mapping,
  jsonb, jsonb) is
'Bring a link''s base up to date with what a read reveals of earlier saves: one whose answer was
lost has arrived in the groups that show it; a text cut short by ResMan is representation.
Returns: {"domiq","resman"}.';
