create or replace function lead_sync.set_field_policy(
  p_field text, p_policy text, p_property_id uuid default null)
returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $fn$
declare
  v_group text := lead_sync_private.policy_group(p_field, p_policy, p_property_id);
begin
  if p_policy is null and v_group is null and p_property_id is null then
    raise exception using errcode = 'LS001', message = 'the last default cannot be removed',
      hint = 'Set it to another policy.';
  elsif p_policy is null then
    delete from lead_sync_private.field_policy f
    where f.property_id is not distinct from p_property_id
      and f.field_group is not distinct from v_group;
    return;
  end if;
  insert into lead_sync_private.field_policy as f (property_id, field_group, policy, allow_blank)
  values (p_property_id, v_group, nullif(nullif(p_policy, 'allow_blank'), 'suppress_blank'),
    case p_policy when 'allow_blank' then true when 'suppress_blank' then false end)
  on conflict (coalesce(property_id, '00000000-0000-0000-0000-000000000000'),
    coalesce(field_group, ''))
  do update set policy = coalesce(excluded.policy, f.policy),
    allow_blank = coalesce(excluded.allow_blank, f.allow_blank),
    updated_at = clock_timestamp();
end
$fn$;
revoke all on function lead_sync.set_field_policy(text, text, uuid) from public;
grant execute on function lead_sync.set_field_policy(text, text, uuid) to lead_sync_service;
comment on function lead_sync.set_field_policy(text, text, uuid) is
'Set who wins when both sides changed a field, from the next merge on.
p_field: a field or group, null for all. p_policy: domiq_wins, resman_wins, newest_wins,
fill_blank_only, furthest_stage (status alone), union, manual_review; allow_blank or suppress_blank:
whether a contact value may become blank; null removes what was set. p_property_id: null for all.
Raises: LS001, LS003. Writes: field_policy, configuration_log.';
