create or replace function lead_sync_private.merge_rules(
  p_property_id uuid, p_base_version integer default null)
returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
set enable_bitmapscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $fn$
begin
  return (
    with version as (
      select max(n.version) as now, coalesce(p_base_version, max(n.version)) as base
      from lead_sync_private.normaliser n
    ), field as (
      select f.field_group, min(f.position) as position, bool_or(f.is_contact) as contact,
        bool_or(f.custom) as custom,
        jsonb_agg(jsonb_build_object('field', f.field, 'steps', (
            select to_jsonb(n.steps) from lead_sync_private.normaliser n
            where n.name = f.normaliser order by n.version desc limit 1))
          || case when v.base < v.now then jsonb_build_object('base_steps', (
            select to_jsonb(n.steps) from lead_sync_private.normaliser n
            where n.name = f.normaliser and n.version <= v.base
            order by n.version desc limit 1)) else '{}' end order by f.position) as fields
      from lead_sync_private.lead_field f cross join version v
      group by f.field_group
    )
    select jsonb_build_object(
      'version', (select v.now from version v),
      'rebase', (select v.base < v.now from version v),
      'country', lead_sync_private.get_setting(p_property_id, 'country_code'),
      'direction', coalesce((select i.sync_direction from public.resman_integration i
        where i.property_id = p_property_id), 'bidirectional'),
      'groups', jsonb_agg(jsonb_build_object('name', f.field_group, 'contact', f.contact,
        'fields', f.fields, 'policy', p.policy, 'allow_blank', p.allow_blank)
        order by f.position),
      'group_of', (select jsonb_object_agg(f.field, f.field_group)
        from lead_sync_private.lead_field f where not f.custom))
    from field f
    cross join lateral lead_sync_private.find_policy(f.field_group, p_property_id) as p
    where not f.custom);
end
$fn$;
revoke all on function lead_sync_private.merge_rules(uuid, integer) from public;
comment on function lead_sync_private.merge_rules(uuid, integer) is
'Gather all that a merge at a property goes by, so that merge_lead itself reads no table.
p_base_version: the version of the normalisers under which the base was written; null: the newest.
Returns: {"version","rebase","country","direction","groups":[{"name","contact","fields","policy",
"allow_blank"}], "group_of": {field: group}}, groups in their order.';
