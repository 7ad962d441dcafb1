create or replace function lead_sync.list_credentials()
returns table (property_id uuid, credentials jsonb)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $fn$
  select i.property_id, i.api_credentials
  from public.resman_integration i
  where i.property_id is not null
  order by i.property_id;
$fn$;
revoke all on function lead_sync.list_credentials() from public;
grant execute on function lead_sync.list_credentials() to lead_sync_service;
comment on function lead_sync.list_credentials() is
'List every property''s credentials in their envelopes, for sealing them anew.
Returns: property and envelope, paused and disabled properties included; nothing here opens one.';
