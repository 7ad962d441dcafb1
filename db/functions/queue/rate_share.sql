create or replace function lead_sync_private.rate_share()
returns numeric
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $fn$
begin
  return 0.9;
end
$fn$;
revoke all on function lead_sync_private.rate_share() from public;
comment on function lead_sync_private.rate_share() is
'Say how much of a rate limit is used: requests may reach ResMan a tenth of a second off their
time and still be within the limit in every second.';
