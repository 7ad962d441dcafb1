create or replace function lead_sync_private.open_gate(
  p_property_id uuid, p_now timestamptz, p_low bigint,
  p_defaults jsonb default lead_sync_private.default_limits(),
  out room integer, out before timestamptz, out busy uuid[])
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
set enable_bitmapscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set enable_sort = off
set enable_incremental_sort = off
as $fn$
declare
  v_integration record;
  v_limits record;
  v_most integer; -- that may be in flight
  v_in_flight integer;
begin
  room := 0;
  select i.sync_status, i.sync_frequency into v_integration
  from public.resman_integration i
  where i.property_id = p_property_id and i.sync_enabled
    and (i.sync_status = 'active' or i.sync_status = 'error' and exists (
      select from lead_sync_private.breaker b
      where b.property_id = p_property_id and b.probe_at <= p_now));
  if not found then
    return;
  end if;
  select * into v_limits from lead_sync_private.property_limits(p_property_id, p_defaults);
  room := lead_sync_private.free_slots(p_property_id::text, v_limits.rate, p_now);
  if room > 0 and v_limits.partner is not null then
    room := least(room, lead_sync_private.free_slots('partner:' || v_limits.partner,
      v_limits.partner_rate, p_now));
  end if;
  -- What is in flight is counted by one claim at a time; by try: claims never wait.
  if room < 1
     or not pg_try_advisory_xact_lock(
       hashtextextended(p_property_id::text, 7813528840112739847))
     or v_limits.partner_in_flight is not null and v_limits.partner is not null
       and not pg_try_advisory_xact_lock(
         hashtextextended(v_limits.partner, 7813528840112739847)) then
    room := 0;
    return;
  end if;
  -- A slow rate holds few at a time: their next requests wait for a place under the lease.
  v_most := least(v_limits.in_flight, case when v_limits.rate > 0
    then ceil(v_limits.rate * 10)::integer end);
  select count(*)::integer, coalesce(array_agg(f.conversation_id) filter (
    where f.conversation_id is not null), '{}')
  into v_in_flight, busy
  from (
    select q.conversation_id from public.lead_sync_queue q
    where q.status = 'processing'
      -- a range in the order of one index alone: see is_in_flight
      and (q.property_id, q.claim_number) >= (p_property_id, p_low)
      and q.property_id <= p_property_id
    order by q.property_id, q.claim_number
    limit v_most) as f; -- with so many there is no room, whichever they are
  room := least(room, v_most - v_in_flight,
    case when v_integration.sync_status = 'error' then 1 end);
  if v_limits.partner_in_flight is not null and v_limits.partner is not null then
    room := least(room, v_limits.partner_in_flight - (
      select count(*)::integer
      from lead_sync_private.property_setting s
      cross join lateral (
        select from public.lead_sync_queue q
        where q.status = 'processing'
          and (q.property_id, q.claim_number) >= (s.property_id, p_low)
          and q.property_id <= s.property_id
        order by q.property_id, q.claim_number
        offset 0) as f
      where s.name = 'partner' and s.value = to_jsonb(v_limits.partner)));
  end if;
  before := lead_sync_private.due_before(v_integration.sync_frequency, p_property_id, p_now);
end
$fn$;
revoke all on function lead_sync_private.open_gate(uuid, timestamptz, bigint, jsonb) from public;
comment on function lead_sync_private.open_gate(uuid, timestamptz, bigint, jsonb) is
'Say how many more items of a property may be claimed now: none while it is paused, disconnected or
switched off, another claim counts for it, or its requests are spoken for; one, the probe, while
its breaker is open and a probe is due.
p_low: nothing in flight was claimed under a lower number: see claim_low_water.
p_defaults: see property_limits.
Returns: room; what was queued before which time is due; the conversations in flight.
Locks: the property''s advisory lock, and its partner''s if that has a limit, for the transaction,
by try.';
