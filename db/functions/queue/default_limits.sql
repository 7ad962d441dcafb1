create or replace function lead_sync_private.default_limits()
returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $fn$
begin
  return (
    select jsonb_object_agg(x.name, x.default_value)
    from lead_sync_private.setting_definition x
    where x.name between 'in_flight_limit' and 'rate_limit');
end
$fn$;
revoke all on function lead_sync_private.default_limits() from public;
comment on function lead_sync_private.default_limits() is
'Read the limits of properties that have none of their own, by the names of the settings, for
property_limits: once for many properties.';
