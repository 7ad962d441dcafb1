create or replace function lead_sync_private.next_item_at()
returns timestamptz
language plpgsql stable
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
    -- What was due before and is still there waits for something else than the time.
    (select q.next_retry_at as at from public.lead_sync_queue q
     join public.resman_integration i on i.property_id = q.property_id
       and i.sync_enabled and i.sync_status = 'active'
     where q.status = 'pending'
       -- a subquery: an index takes no condition that is volatile
       and q.next_retry_at > (select clock_timestamp() - interval '2 s')
     order by q.next_retry_at limit 1)
    union all
    (select q.lease_until from public.lead_sync_queue q
     where q.status = 'processing' and q.lease_until is not null
     order by q.lease_until limit 1)
    union all
    (select clock_timestamp() from lead_sync_private.pulled_lead p limit 1)
    union all
    (select b.probe_at from lead_sync_private.breaker b
     join public.resman_integration i on i.property_id = b.property_id
       and i.sync_enabled and i.sync_status = 'error'
     where b.probe_at is not null and exists (
       select from public.lead_sync_queue q
       where q.property_id = b.property_id and q.status = 'pending')
     order by b.probe_at limit 1)
    union all
    (select r.next_at - interval '1 s' from lead_sync_private.rate_slot r
     where r.next_at > clock_timestamp() + interval '1 s'
     order by r.next_at limit 1)
    union all
    (select date_trunc('hour', clock_timestamp()) + interval '1 hour'
     where exists (select from public.resman_integration i
       where i.sync_frequency in ('hourly', 'daily') and i.sync_enabled))
  )
  select d.at into v_at from due d where d.at is not null order by d.at limit 1;
  return v_at;
end
$fn$;
revoke all on function lead_sync_private.next_item_at() from public;
comment on function lead_sync_private.next_item_at() is
'Say when the next item is due by the clock: a retry, the end of a lease, the probe of a property
that did not answer, a free place in a rate, an hourly boundary.
Returns: a time, perhaps a past one; null if no item waits for a time.';
