create or replace function lead_sync_private.wake_runners()
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $fn$
begin
  -- The shared side never waits and never fails another writer's try; it fails only while a
  -- runner sleeps, and only then is a NOTIFY worth its price. In that runner's own session it
  -- does not fail, but a claim there may leave work for the others.
  if (not pg_try_advisory_xact_lock_shared(lead_sync_private.sleep_key())
      or current_setting('lead_sync.asleep', true) = '1')
     -- NOTIFY would break a PREPARE TRANSACTION; where those are possible runners poll.
     and current_setting('max_prepared_transactions') = '0' then
    perform pg_notify('lead_sync_ready', '');
  end if;
end
$fn$;
revoke all on function lead_sync_private.wake_runners() from public;
comment on function lead_sync_private.wake_runners() is
'Tell a sleeping runner that there is work.
Locks: the sleep key, shared, for the transaction, by try: never waits.
Notifies: lead_sync_ready, constant payload, only while a runner sleeps.';
