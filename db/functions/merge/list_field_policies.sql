create or replace function lead_sync.list_field_policies(p_property_id uuid default null)
returns table (field_group text, fields text[], policy text, allow_blank boolean, set_for text)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $fn$
  select g.field_group, g.fields, p.policy, p.allow_blank, (
    select case
      when f.property_id is not null and f.field_group is not null then 'property and field'
      when f.property_id is not null then 'property' when f.field_group is not null then 'field'
      else 'all' end
    from lead_sync_private.field_policy f
    where f.policy is not null and (f.property_id is null or f.property_id = p_property_id)
      and (f.field_group is null or f.field_group = g.field_group)
    order by f.property_id is null, f.field_group is null limit 1)
  from (
    select l.field_group, array_agg(l.field order by l.position) as fields,
      min(l.position) as position
    from lead_sync_private.lead_field l group by l.field_group) as g
  cross join lateral lead_sync_private.find_policy(g.field_group, p_property_id) as p
  order by g.position;
$fn$;
revoke all on function lead_sync.list_field_policies(uuid) from public;
grant execute on function lead_sync.list_field_policies(uuid) to lead_sync_service;
comment on function lead_sync.list_field_policies(uuid) is
'List the policy of every group at a property, or for all where none is given, and how it was set:
for the property and field, the property, the field, or all.';
