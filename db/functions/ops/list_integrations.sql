create or replace function lead_sync.list_integrations()
returns table (integration_id uuid, property_id uuid, property_name text,
  resman_property_id text, sync_enabled boolean, sync_status text, status_reason text,
  sync_direction text, sync_frequency text, webhook_url text, last_sync_at timestamptz,
  last_successful_sync_at timestamptz, error_count integer, credentials_changed_at timestamptz,
  created_at timestamptz, updated_at timestamptz)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $fn$
  select i.id, i.property_id, p.name::text, i.resman_property_id, i.sync_enabled, i.sync_status,
    i.status_reason, i.sync_direction, i.sync_frequency, i.webhook_url, i.last_sync_at,
    i.last_successful_sync_at, i.error_count, i.credentials_changed_at, i.created_at, i.updated_at
  from public.resman_integration i
  left join public.property p on p.id = i.property_id
  order by p.name, i.property_id;
$fn$;
revoke all on function lead_sync.list_integrations() from public;
grant execute on function lead_sync.list_integrations() to lead_sync_service;
comment on function lead_sync.list_integrations() is
'List all integrations, by the property''s name.
Returns: how each is set up and stands; no credentials, not even sealed.';
