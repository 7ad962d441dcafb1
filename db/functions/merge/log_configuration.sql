create or replace function lead_sync_private.log_configuration()
returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $fn$
declare
  v_old jsonb := case when tg_op <> 'INSERT' then to_jsonb(old) end;
  v_new jsonb := case when tg_op <> 'DELETE' then to_jsonb(new) end;
begin
  if tg_table_name = 'resman_integration' then
    -- never the credentials, nor an address that may hold a key: only that they changed
    select jsonb_object_agg(k, v_old -> k), jsonb_object_agg(k, v_new -> k)
    into v_old, v_new
    from unnest(array['resman_property_id', 'sync_enabled', 'sync_status', 'sync_direction',
      'sync_frequency']) as k;
    v_new := v_new || jsonb_build_object(
      'credentials_changed', tg_op = 'INSERT' or tg_op = 'UPDATE'
        and to_jsonb(new) -> 'api_credentials' is distinct from to_jsonb(old) -> 'api_credentials',
      'webhook_changed', tg_op = 'UPDATE'
        and to_jsonb(new) -> 'webhook_url' is distinct from to_jsonb(old) -> 'webhook_url');
  end if;
  insert into lead_sync_private.configuration_log (what, property_id, old_value, new_value)
  values (tg_table_name, (case tg_op when 'DELETE' then to_jsonb(old) else to_jsonb(new) end
    ->> 'property_id')::uuid, case when tg_op <> 'INSERT' then v_old end,
    case when tg_op <> 'DELETE' then v_new end);
  return null;
end
$fn$;
revoke all on function lead_sync_private.log_configuration() from public;
comment on function lead_sync_private.log_configuration() is
'Keep who changed what of a policy, a setting or an integration; credentials never. Trigger.
Writes: configuration_log.';
