create or replace function lead_sync_private.find_candidates(
  p_limit integer, p_defaults jsonb default lead_sync_private.default_limits())
returns setof public.lead_sync_queue
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
  v_share integer := greatest(1, p_limit / 10);
  v_retries uuid[] := lead_sync_private.due_retry_properties(v_now);
  v_retry integer := 1; -- the place in v_retries
  v_start uuid := gen_random_uuid();
  v_at uuid := v_start;
  v_next uuid;
  v_ready record;
  v_round_again boolean := false;
  v_low bigint := lead_sync_private.claim_low_water();
  v_priority integer;
  v_seq bigint;
  v_gate record;
  v_row public.lead_sync_queue;
  v_taken uuid[] := '{}'::uuid[];
  v_busy uuid[] := '{}'::uuid[];
  v_found integer;
  v_n integer;
  v_more_of uuid[] := '{}'::uuid[]; -- properties that had more than their share
  v_more_priority integer[] := '{}'::integer[]; -- where the first of each stands
  v_more_seq bigint[] := '{}'::bigint[];
  v_more_room integer[] := '{}'::integer[];
  v_more_before timestamptz[] := '{}'::timestamptz[];
begin
  -- From a random property on, round to where it began: everybody's share first.
  while cardinality(v_taken) < p_limit loop
    while v_retries[v_retry] <= v_at loop
      v_retry := v_retry + 1;
    end loop;
    v_ready := lead_sync_private.next_ready_property(v_at);
    v_next := least(v_ready.property_id, v_retries[v_retry]);
    if v_next is null and not v_round_again then
      v_round_again := true;
      v_retry := 1;
      v_at := '00000000-0000-0000-0000-000000000000';
      continue;
    end if;
    exit when v_next is null or v_round_again and v_next > v_start;
    v_at := v_next;
    -- one that has retries alone has nothing that is due at once
    v_priority := case when v_next = v_ready.property_id then v_ready.priority end;
    v_seq := case when v_next = v_ready.property_id then v_ready.seq end;
    v_gate := lead_sync_private.open_gate(v_next, v_now, v_low, p_defaults);
    continue when v_gate.room < 1;
    v_found := 0;
    v_busy := v_busy || v_gate.busy;
    if v_share = 1 and v_next = v_ready.property_id then
      v_row := lead_sync_private.take_ready(
        v_ready.place, v_next, v_gate.before, v_gate.busy);
      if v_row.id is not null then
        v_taken := v_taken || v_row.id;
        return next v_row;
        v_found := 1;
      end if;
    end if;
    for v_row in
      select d.* from lead_sync_private.take_due(v_next, v_priority, v_seq, v_gate.before,
        v_now, v_gate.busy, '{}',
        least(v_share, v_gate.room, p_limit - cardinality(v_taken))) as d
      where v_found = 0 -- else not called
    loop
      v_taken := v_taken || v_row.id;
      v_found := v_found + 1;
      return next v_row;
    end loop;
    if v_found = v_share and v_gate.room > v_share then
      v_more_of := v_more_of || v_next;
      v_more_priority := v_more_priority || v_priority;
      v_more_seq := v_more_seq || v_seq;
      v_more_room := v_more_room || (v_gate.room - v_share);
      v_more_before := v_more_before || v_gate.before;
    end if;
  end loop;
  -- Then what is left over, in equal shares again.
  while cardinality(v_taken) < p_limit and cardinality(v_more_of) > 0 loop
    v_share := greatest(1, (p_limit - cardinality(v_taken)) / cardinality(v_more_of));
    v_n := 1;
    while v_n <= cardinality(v_more_of) and cardinality(v_taken) < p_limit loop
      v_found := 0;
      for v_row in
        select d.* from lead_sync_private.take_due(v_more_of[v_n], v_more_priority[v_n],
          v_more_seq[v_n], v_more_before[v_n], v_now, v_busy, v_taken,
          least(v_share, v_more_room[v_n], p_limit - cardinality(v_taken))) as d
      loop
        v_taken := v_taken || v_row.id;
        v_found := v_found + 1;
        return next v_row;
      end loop;
      v_more_room[v_n] := case when v_found < v_share then 0 else v_more_room[v_n] - v_found end;
      v_n := v_n + 1;
    end loop;
    select coalesce(array_agg(m.of order by m.n), '{}'),
      coalesce(array_agg(m.priority order by m.n), '{}'),
      coalesce(array_agg(m.seq order by m.n), '{}'),
      coalesce(array_agg(m.before order by m.n), '{}'),
      coalesce(array_agg(m.room order by m.n), '{}')
    into v_more_of, v_more_priority, v_more_seq, v_more_before, v_more_room
    from unnest(v_more_of, v_more_priority, v_more_seq, v_more_before, v_more_room)
      with ordinality as m(of, priority, seq, before, room, n)
    where m.room > 0;
  end loop;
end
$fn$;
revoke all on function lead_sync_private.find_candidates(integer, jsonb) from public;
comment on function lead_sync_private.find_candidates(integer, jsonb) is
'Lock up to p_limit due items: the properties take turns from a random place on, each its share
first, none more than its gate lets through. Items behind one in flight are passed over.
p_defaults: see property_limits.
Returns: the locked rows, still pending.
Locks: as open_gate and take_due.';
