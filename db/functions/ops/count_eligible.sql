create or replace function lead_sync.count_eligible(
  p_property_id uuid, p_since timestamptz default null)
returns bigint
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $fn$
  select count(*) from lead_sync_private.unlinked_leads(p_property_id, p_since);
$fn$;
revoke all on function lead_sync.count_eligible(uuid, timestamptz) from public;
grant execute on function lead_sync.count_eligible(uuid, timestamptz) to lead_sync_service;
comment on function lead_sync.count_eligible(uuid, timestamptz) is
'Count the conversations of a property that are leads and not linked with ResMan yet: what
enqueue_backfill would queue, those included that a pending push covers already.
Returns: how many; 0 without an integration.';
