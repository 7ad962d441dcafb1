create or replace function lead_sync_private.policy_group(
  p_field text, p_policy text, p_property_id uuid)
returns text
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $fn$
declare
  v_group text;
  v_custom boolean;
begin
  select f.field_group, f.custom into v_group, v_custom
  from lead_sync_private.lead_field f
  where p_field in (f.field, f.field_group) order by f.position limit 1;
  if p_field is not null and v_group is null then
    raise exception using errcode = 'LS001', message = 'unknown field',
      hint = 'list_field_policies shows the fields and their groups.';
  elsif p_policy not in ('domiq_wins', 'resman_wins', 'newest_wins', 'fill_blank_only',
      'furthest_stage', 'union', 'manual_review', 'allow_blank', 'suppress_blank') then
    raise exception using errcode = 'LS001', message = 'unknown policy',
      hint = 'One of domiq_wins, resman_wins, newest_wins, fill_blank_only, furthest_stage, '
        'union, manual_review; allow_blank, suppress_blank.';
  elsif p_policy = 'furthest_stage' and v_group is distinct from 'status' then
    raise exception using errcode = 'LS001', message = 'furthest_stage is for status alone';
  elsif v_custom and p_policy <> 'resman_wins' then
    raise exception using errcode = 'LS001', message = 'ResMan alone holds this field',
      hint = 'Its policy can only be resman_wins.';
  elsif p_property_id is not null and not exists (
      select from public.resman_integration i where i.property_id = p_property_id) then
    raise exception using errcode = 'LS003', message = 'property has no integration',
      hint = 'Add one with configure_integration or leadsync integration add.';
  end if;
  return v_group;
end
$fn$;
revoke all on function lead_sync_private.policy_group(text, text, uuid) from public;
comment on function lead_sync_private.policy_group(text, text, uuid) is
'Check what set_field_policy and preview_field_policy are given.
Returns: the group of the field, null for all. Raises: LS001, LS003.';
