create or replace function lead_sync.next_due_item()
returns interval
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $fn$
declare
  v_at timestamptz := lead_sync_private.next_item_at();
begin
  return greatest(v_at - clock_timestamp(), case when v_at is not null then interval '0' end);
end
$fn$;
revoke all on function lead_sync.next_due_item() from public;
grant execute on function lead_sync.next_due_item() to lead_sync_runner;
comment on function lead_sync.next_due_item() is
'Say how long until an item is due by the clock, as next_wakeup does, but for pulls and summaries
that run_schedule has still to queue: a runner that drains does not wait for these.
Returns: an interval, zero if one is due now, null if none waits for a time.';
