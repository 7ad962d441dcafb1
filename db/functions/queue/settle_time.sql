create or replace function lead_sync_private.settle_time(p_property_id uuid)
returns interval
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $fn$
begin
  return (lead_sync_private.get_setting(p_property_id, 'settle_time') #>> '{}')::numeric
         * interval '1 second';
end
$fn$;
revoke all on function lead_sync_private.settle_time(uuid) from public;
comment on function lead_sync_private.settle_time(uuid) is
'Say how long to wait before looking for a save whose answer was lost.';
