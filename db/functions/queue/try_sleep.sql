create or replace function lead_sync.try_sleep()
returns boolean
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $fn$
  select current_setting('max_prepared_transactions') = '0'
     and pg_try_advisory_lock(lead_sync_private.sleep_key())
     -- it never refuses its own session: see wake_runners
     and set_config('lead_sync.asleep', '1', false) = '1';
$fn$;
revoke all on function lead_sync.try_sleep() from public;
grant execute on function lead_sync.try_sleep() to lead_sync_runner;
comment on function lead_sync.try_sleep() is
'Take the sleep key, so that writers send lead_sync_ready from now on.
Call it on the connection that listens, look at the queue once more, then wait.
Returns: false where a writer''s transaction is open, another runner sleeps, or the server allows
prepared transactions: poll instead.
Locks: the sleep key for the session, by try: never waits.';
