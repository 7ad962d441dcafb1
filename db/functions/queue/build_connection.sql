create or replace function lead_sync_private.build_connection(p_property_id uuid, p_lease interval)
returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $fn$
begin
  return (
    select jsonb_build_object('property_id', i.property_id,
      'resman_property_id', i.resman_property_id, 'credentials', i.api_credentials,
      'timeout_s', lead_sync_private.call_timeout(i.property_id, p_lease))
    from public.resman_integration i where i.property_id = p_property_id);
end
$fn$;
revoke all on function lead_sync_private.build_connection(uuid, interval) from public;
comment on function lead_sync_private.build_connection(uuid, interval) is
'Describe how to reach ResMan for a property; the credentials stay sealed.
Returns: the connection; null without an integration.';
