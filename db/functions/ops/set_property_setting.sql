create or replace function lead_sync.set_property_setting(
  p_property_id uuid, p_name text, p_value jsonb)
returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $fn$
declare
  v_problem text;
begin
  if not exists (
      select from lead_sync_private.setting_definition d where d.name = p_name) then
    raise exception using errcode = 'LS001', message = 'unknown setting',
      hint = 'The settings are listed in lead_sync_private.setting_definition.';
  elsif not exists (
      select from public.resman_integration i where i.property_id = p_property_id) then
    raise exception using errcode = 'LS003', message = 'property has no integration',
      hint = 'Add one with configure_integration or leadsync integration add.';
  end if;
  if p_value is null or p_value = 'null' then
    delete from lead_sync_private.property_setting s
    where s.property_id = p_property_id and s.name = p_name;
    return;
  end if;
  v_problem := lead_sync_private.check_setting(p_name, p_value);
  if v_problem is not null then
    raise exception using errcode = 'LS001',
      message = format('setting %s %s', p_name, v_problem),
      hint = 'Nothing was changed. A json null restores the default.';
  end if;
  insert into lead_sync_private.property_setting (property_id, name, value)
  values (p_property_id, p_name, p_value)
  on conflict on constraint pk_property_setting do update
    set value = excluded.value, updated_at = clock_timestamp();
end
$fn$;
revoke all on function lead_sync.set_property_setting(uuid, text, jsonb) from public;
grant execute on function lead_sync.set_property_setting(uuid, text, jsonb) to lead_sync_service;
comment on function lead_sync.set_property_setting(uuid, text, jsonb) is
'Set one setting of a property; json null restores the default. It holds from the next claim on.
Raises: LS001 an unknown name or a value that does not fit, LS003.
Writes: property_setting.';
