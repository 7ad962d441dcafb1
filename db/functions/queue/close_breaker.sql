create or replace function lead_sync_private.close_breaker(p_property_id uuid)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
set enable_bitmapscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $fn$
declare
  v_now timestamptz := clock_timestamp();
  v_was_open boolean;
  v_rate numeric;
begin
  -- on the path of every answer: one probe of a small table
  if not exists (
      select from lead_sync_private.breaker b
      where b.property_id = p_property_id and b.failures > 0) then
    return;
  end if;
  -- Nobody waits: what is not closed now the next answer closes.
  perform from public.resman_integration i
  where i.property_id = p_property_id for no key update skip locked;
  if not found then
    return;
  end if;
  select b.opened_at is not null into v_was_open from lead_sync_private.breaker b
  where b.property_id = p_property_id for no key update skip locked;
  if not found then
    return;
  end if;
  update lead_sync_private.breaker b
  set failures = 0, probes = 0, opened_at = null, probe_at = null
  where b.property_id = p_property_id;
  if not v_was_open then
    return;
  end if;
  update public.resman_integration i
  set sync_status = 'active', status_reason = null, updated_at = v_now
  where i.property_id = p_property_id and i.sync_status = 'error';
  select l.rate into v_rate from lead_sync_private.property_limits(p_property_id) l;
  update public.lead_sync_queue q
  set next_retry_at = v_now + (w.n - 1) * interval '1 s' / greatest(v_rate, 1)::float8,
      updated_at = v_now
  from (
    select x.id, row_number() over (order by x.seq) as n from (
      select y.id, y.seq from public.lead_sync_queue y
      where y.property_id = p_property_id and y.status = 'pending'
        and y.next_retry_at is not null and y.state ? 'outage'
      for update skip locked) as x) as w
  where q.id = w.id;
  perform lead_sync_private.wake_runners();
end
$fn$;
revoke all on function lead_sync_private.close_breaker(uuid) from public;
comment on function lead_sync_private.close_breaker(uuid) is
'Forget a property''s failures: ResMan has answered. If the breaker was open the property is
active again and what waited is let go at the pace of its rate limit.
Locks: the integration and the breaker, by SKIP LOCKED.
Writes: breaker, resman_integration, lead_sync_queue; nothing where there was no failure.
Notifies: lead_sync_ready, while a runner sleeps.';
