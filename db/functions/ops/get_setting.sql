create or replace function lead_sync_private.get_setting(p_property_id uuid, p_name text)
returns jsonb
language plpgsql stable parallel safe
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
as $fn$
begin
  return coalesce(
    (select s.value from lead_sync_private.property_setting s
     where s.property_id = p_property_id and s.name = p_name),
    (select d.default_value from lead_sync_private.setting_definition d where d.name = p_name));
end
$fn$;
revoke all on function lead_sync_private.get_setting(uuid, text) from public;
comment on function lead_sync_private.get_setting(uuid, text) is
'Read a property''s setting, or its default.
Returns: the value, json null where neither is set, SQL null for an unknown name.';
