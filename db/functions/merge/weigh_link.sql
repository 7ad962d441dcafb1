create or replace function lead_sync_private.weigh_link(
  p_mapping public.lead_sync_mapping, p_group text)
returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $fn$
declare
  v_rules jsonb := lead_sync_private.merge_rules(p_mapping.property_id, p_mapping.rules_version);
  v_group jsonb := jsonb_path_query_first(v_rules, '$.groups[*] ? (@.name == $name)',
    jsonb_build_object('name', p_group));
  v_lead jsonb := lead_sync_private.build_lead(p_mapping.conversation_id, p_mapping.id);
  v_domiq_base jsonb;
  v_resman_base jsonb;
begin
  if v_group is null or v_lead is null then
    return null;
  end if;
  v_domiq_base := lead_sync_private.rebase_group(v_rules, v_group, p_mapping.domiq_base, v_lead);
  v_resman_base := lead_sync_private.rebase_group(v_rules, v_group, p_mapping.resman_base,
    p_mapping.resman_seen);
  return jsonb_build_object('group', v_group, 'country', v_rules -> 'country',
    'direction', v_rules -> 'direction', 'lead', v_lead,
    -- what was not observed is as it was
    'domiq', v_domiq_base || lead_sync_private.normalise_group(v_group -> 'fields', v_lead,
      v_rules ->> 'country'),
    'resman', v_resman_base || lead_sync_private.normalise_group(v_group -> 'fields',
      coalesce(p_mapping.resman_seen, '{}'), v_rules ->> 'country'),
    'base', jsonb_build_object('domiq', v_domiq_base, 'resman', v_resman_base));
end
$fn$;
revoke all on function lead_sync_private.weigh_link(public.lead_sync_mapping, text) from public;
comment on function lead_sync_private.weigh_link(public.lead_sync_mapping, text) is
'Read how one group of a link stands now: in DomIQ, in ResMan as last seen, and the base.
Returns: {"group": of merge_rules, "country","direction","lead": DomIQ''s document,
"domiq","resman","base"}; null where the group or the lead is no more.';
