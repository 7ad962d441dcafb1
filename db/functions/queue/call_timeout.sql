create or replace function lead_sync_private.call_timeout(p_property_id uuid, p_lease interval)
returns numeric
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $fn$
begin
  return least((lead_sync_private.get_setting(p_property_id, 'timeout_s') #>> '{}')::numeric,
    round((extract(epoch from p_lease) / 2)::numeric, 3));
end
$fn$;
revoke all on function lead_sync_private.call_timeout(uuid, interval) from public;
comment on function lead_sync_private.call_timeout(uuid, interval) is
'Say how many seconds one call may take: the property''s setting, but never more than half a lease,
so that an answer comes while the lease lasts.';
