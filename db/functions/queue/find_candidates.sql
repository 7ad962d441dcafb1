create or replace function lead_sync_private.find_candidates(p_limit integer)
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
  v_row public.lead_sync_queue;
  v_properties uuid[];
  v_property record;
  v_taken uuid[] := array[]::uuid[];
  v_share integer;
begin
  v_properties := array(
    select lead_sync_private.find_due_properties(gen_random_uuid(), least(p_limit, 50)));
  v_share := greatest(1, p_limit / greatest(cardinality(v_properties), 1));
  -- first everybody's share, then what is left over
  for v_round in 1 .. 2 loop
    for v_property in
      select p.id, lead_sync_private.due_before(i.sync_frequency, p.id, v_now) as before
      from unnest(v_properties) with ordinality as p(id, n)
      join public.resman_integration i on i.property_id = p.id
      order by p.n
    loop
      for v_row in
        select x.* from public.lead_sync_queue x
        where x.property_id = v_property.id and x.status = 'pending'
          and x.next_retry_at is null and x.created_at < v_property.before
          and x.id <> all (v_taken)
          and not exists (select from public.lead_sync_queue p
            where p.conversation_id = x.conversation_id and p.status = 'processing')
        order by x.property_id, x.priority desc, x.seq
        limit least(case v_round when 1 then v_share else p_limit end,
          p_limit - cardinality(v_taken))
        for update skip locked
      loop
        v_taken := v_taken || v_row.id;
        return next v_row;
      end loop;
      for v_row in
        select x.* from public.lead_sync_queue x
        where x.property_id = v_property.id and x.status = 'pending'
          and x.next_retry_at <= v_now and x.created_at < v_property.before
          and x.id <> all (v_taken)
          and not exists (select from public.lead_sync_queue p
            where p.conversation_id = x.conversation_id and p.status = 'processing')
        order by x.property_id, x.next_retry_at
        limit least(case v_round when 1 then v_share else p_limit end,
          p_limit - cardinality(v_taken))
        for update skip locked
      loop
        v_taken := v_taken || v_row.id;
        return next v_row;
      end loop;
    end loop;
    exit when cardinality(v_taken) >= p_limit;
  end loop;
end
$fn$;
revoke all on function lead_sync_private.find_candidates(integer) from public;
comment on function lead_sync_private.find_candidates(integer) is
'Lock up to p_limit due items: the properties take turns from a random place on, each its share
first; within a property by priority and arrival. Items behind one in flight are passed over.
The plan is pinned: one cached while the queue was empty must serve a million rows.
Returns: the locked rows, still pending.
Locks: the rows FOR UPDATE, by SKIP LOCKED.';
