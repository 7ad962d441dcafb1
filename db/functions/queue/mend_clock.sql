create or replace function lead_sync_private.mend_clock()
returns integer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $fn$
declare
  v_now timestamptz := clock_timestamp();
  v_seen timestamptz;
  v_back interval;
  v_item public.lead_sync_queue;
  v_count integer := 0;
begin
  insert into lead_sync_private.schedule_clock as c (seen_at) values (v_now)
  on conflict on constraint pk_schedule_clock do nothing;
  select c.seen_at into v_seen from lead_sync_private.schedule_clock c for update;
  update lead_sync_private.schedule_clock c set seen_at = v_now;
  v_back := v_seen - v_now;
  if v_back < interval '2 s' then
    return 0;
  end if;
  -- What was asked before the step cannot be put in order with what is asked after it: such an
  -- answer comes too late, and its lead is read again.
  for v_item in
    select q.* from public.lead_sync_queue q
    where q.status = 'processing' and q.lease_started_at > v_now
    order by q.seq
    for update skip locked
  loop
    perform lead_sync_private.defer_item(v_item, v_item.state, 'clock_step',
      'the clock of the database stepped back', case when v_item.state ->> 'step' = 'save'
        then lead_sync_private.settle_time(v_item.property_id) end);
    v_count := v_count + 1;
  end loop;
  update public.lead_sync_queue q set lease_until = q.lease_until - v_back
  where q.status = 'processing' and q.lease_until > v_now + q.lease_length;
  update public.lead_sync_queue q
  set next_retry_at = q.next_retry_at - v_back, updated_at = v_now
  where q.id in (
    select w.id from public.lead_sync_queue w
    where w.status = 'pending' and w.next_retry_at > v_now and w.updated_at > v_now
    for update skip locked);
  delete from lead_sync_private.pulled_lead p where p.issued_at > v_now;
  -- ResMan may not have come to the time that was taken for the present.
  update lead_sync_private.pull_state s
  set due_at = case when s.due_at > v_now then s.due_at - v_back else s.due_at end,
      read_until = least(s.read_until, v_now
        - (lead_sync_private.get_setting(s.property_id, 'pull_overlap') #>> '{}')::numeric
          * interval '1 s' - v_back)
  where s.due_at > v_now or s.read_until > v_now - v_back;
  update lead_sync_private.rate_slot r set next_at = r.next_at - v_back where r.next_at > v_now;
  update lead_sync_private.breaker b
  set probe_at = b.probe_at - v_back, opened_at = least(b.opened_at, v_now)
  where b.probe_at > v_now;
  update public.lead_sync_mapping m
  set base_moved_at = least(m.base_moved_at, v_now),
      resman_read_at = least(m.resman_read_at, v_now)
  where m.base_moved_at > v_now or m.resman_read_at > v_now;
  return v_count;
end
$fn$;
revoke all on function lead_sync_private.mend_clock() from public;
comment on function lead_sync_private.mend_clock() is
'Notice that the clock has stepped back since the schedule last ran, by 2 s or more, and put right
what was reckoned by the old time: leases, retries, pulls, rates and probes come when they should,
what was in flight is taken back uncounted, and ResMan''s leads are read again from before the step.
Returns: how many items were taken back.
Locks: items by SKIP LOCKED. Writes: schedule_clock; after a step lead_sync_queue, pulled_lead,
pull_state, rate_slot, breaker, lead_sync_mapping.';
