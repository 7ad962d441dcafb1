create or replace function lead_sync.next_wakeup()
returns interval
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
set enable_bitmapscan = off
set enable_sort = off
set enable_hashjoin = off
set enable_mergejoin = off
as $fn$
declare
  v_at timestamptz;
begin
  with due as (
    select lead_sync_private.next_item_at() as at
    union all
    (select s.due_at from lead_sync_private.pull_state s
     join public.resman_integration i on i.property_id = s.property_id
       and i.sync_enabled and i.sync_status = 'active' and i.sync_direction <> 'to_resman'
     where s.due_at is not null
     order by s.due_at limit 1)
    union all
    (select s.due_at from lead_sync_private.summary_due s order by s.due_at limit 1)
  )
  select d.at into v_at from due d where d.at is not null order by d.at limit 1;
  return greatest(v_at - clock_timestamp(), case when v_at is not null then interval '0' end);
end
$fn$;
revoke all on function lead_sync.next_wakeup() from public;
grant execute on function lead_sync.next_wakeup() to lead_sync_runner;
comment on function lead_sync.next_wakeup() is
'Say how long until something is due by the clock: a retry, the end of a lease, a pull, a summary,
the probe of a property that did not answer, a free place in a rate, an hourly boundary.
What is queued meanwhile is told by lead_sync_ready.
Returns: an interval, zero if something is due now, null if nothing is waiting for a time.';
