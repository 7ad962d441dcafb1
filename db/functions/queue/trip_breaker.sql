create or replace function lead_sync_private.trip_breaker(
  p_item public.lead_sync_queue, p_code text, p_at_least interval)
returns interval
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
  v_property_id uuid := p_item.property_id;
  v_breaker record;
  v_status text;
  v_pause interval;
begin
  insert into lead_sync_private.breaker (property_id)
  select v_property_id
  where not exists (
    select from lead_sync_private.breaker b where b.property_id = v_property_id)
  on conflict on constraint pk_breaker do nothing;
  -- Nobody waits: what is not counted now the next failure counts.
  select i.sync_status::text into v_status from public.resman_integration i
  where i.property_id = v_property_id for no key update skip locked;
  if not found then
    return null;
  end if;
  select b.* into v_breaker from lead_sync_private.breaker b
  where b.property_id = v_property_id for no key update skip locked;
  if not found then
    return null;
  elsif v_breaker.opened_at >= p_item.lease_started_at then
    return greatest(v_breaker.probe_at - v_now, interval '0'); -- sent before it opened
  end if;
  v_breaker.failures := v_breaker.failures + 1;
  if v_breaker.opened_at is null and (v_status <> 'active' or v_breaker.failures <
      (lead_sync_private.get_setting(v_property_id, 'breaker_failures') #>> '{}')::integer) then
    update lead_sync_private.breaker b set failures = v_breaker.failures
    where b.property_id = v_property_id;
    return null;
  end if;

  v_breaker.probes := case when v_breaker.opened_at is null then 0
    else least(v_breaker.probes + 1, 30) end;
  v_pause := greatest(p_at_least, interval '1 s' * least(
    (lead_sync_private.get_setting(v_property_id, 'breaker_longest') #>> '{}')::numeric,
    (lead_sync_private.get_setting(v_property_id, 'breaker_pause') #>> '{}')::numeric
      * 2 ^ v_breaker.probes));
  update lead_sync_private.breaker b
  set failures = v_breaker.failures, probes = v_breaker.probes, opened_at = v_now,
      probe_at = v_now + v_pause
  where b.property_id = v_property_id;
  update public.resman_integration i
  set sync_status = 'error', updated_at = v_now,
      status_reason = format('ResMan did not answer %s calls in a row, the last with %s; '
        'one item is tried again from %s', v_breaker.failures, left(p_code, 100),
        to_char((v_now + v_pause) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'))
  where i.property_id = v_property_id and i.sync_status in ('active', 'error');
  -- those that failed wait for the probe, the first of them is it
  update public.lead_sync_queue q set next_retry_at = v_now + v_pause, updated_at = v_now
  where q.id = any (array(
    select w.id from public.lead_sync_queue w
    where w.property_id = v_property_id and w.status = 'pending'
      and w.next_retry_at is not null and w.state ? 'outage'
    for update skip locked));
  return v_pause;
end
$fn$;
revoke all on function lead_sync_private.trip_breaker(public.lead_sync_queue, text, interval)
  from public;
comment on function lead_sync_private.trip_breaker(public.lead_sync_queue, text, interval) is
'Count a call that ResMan did not answer. At the limit the property''s breaker opens: its
sync_status becomes error and its items wait for one probe, after a pause that doubles with each
probe that fails.
p_code: of the failure; p_at_least: ResMan''s own wish, may be null.
Returns: how long until the probe; null while the breaker is closed.
Locks: the integration and the breaker, by SKIP LOCKED.
Writes: breaker, resman_integration, lead_sync_queue.';
