create or replace function lead_sync.end_sleep()
returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $fn$
begin
  perform pg_advisory_unlock(lead_sync_private.sleep_key()),
    set_config('lead_sync.asleep', '', false);
end
$fn$;
revoke all on function lead_sync.end_sleep() from public;
grant execute on function lead_sync.end_sleep() to lead_sync_runner;
comment on function lead_sync.end_sleep() is
'Give the sleep key back. Call it once for every try_sleep that returned true.';
