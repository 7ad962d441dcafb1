create or replace function lead_sync_private.take_slots(
  p_property_ids uuid[], p_defaults jsonb default lead_sync_private.default_limits())
returns numeric[]
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
set enable_bitmapscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $fn$
declare
  v_waits numeric[] := array_fill(null::numeric, array[cardinality(p_property_ids)]);
  v_shared numeric[];
  v_bucket record;
  v_spacing interval;
  v_first timestamptz;
begin
  -- in one order, so that two transactions never wait for each other crosswise
  for v_bucket in
    select l.partner, min(l.partner_rate) as partner_rate,
      array_agg(p.n::integer order by p.n) as places,
      array_agg(p.id order by p.n) as property_ids,
      array_agg(l.rate order by p.n) as rates
    from (
      select distinct p.id from unnest(p_property_ids) as p(id)) as each
    cross join lateral (
      select d.rate, d.partner_rate, case when d.partner_rate > 0 then d.partner end as partner
      from lead_sync_private.property_limits(each.id, p_defaults) as d) as l
    join unnest(p_property_ids) with ordinality as p(id, n) on p.id = each.id
    where l.rate > 0 or l.partner is not null
    group by l.partner, case when l.partner is null then each.id end
    order by l.partner nulls first, min(each.id::text)
  loop
    if v_bucket.partner is not null then
      v_shared := lead_sync_private.take_shared_slots(v_bucket.partner, v_bucket.partner_rate,
        v_bucket.property_ids, v_bucket.rates);
      for v_place in 1 .. cardinality(v_bucket.places) loop
        v_waits[v_bucket.places[v_place]] := v_shared[v_place];
      end loop;
      continue;
    end if;
    v_spacing := interval '1 s' / (v_bucket.rates[1] * lead_sync_private.rate_share())::float8;
    insert into lead_sync_private.rate_slot as r (limited, next_at)
    values (v_bucket.property_ids[1]::text,
      clock_timestamp() + v_spacing * cardinality(v_bucket.places))
    on conflict on constraint pk_rate_slot do update
      set next_at = greatest(r.next_at, clock_timestamp())
        + v_spacing * cardinality(v_bucket.places)
    returning r.next_at - v_spacing * cardinality(v_bucket.places) into v_first;
    for v_place in 1 .. cardinality(v_bucket.places) loop
      v_waits[v_bucket.places[v_place]] := greatest(0, round(
        extract(epoch from v_first + v_spacing * (v_place - 1) - clock_timestamp()), 3));
    end loop;
  end loop;
  return v_waits;
end
$fn$;
revoke all on function lead_sync_private.take_slots(uuid[], jsonb) from public;
comment on function lead_sync_private.take_slots(uuid[], jsonb) is
'Give each request of a batch, named by its property, its place in what the property and its
partner may send, evenly spaced (GCRA without a burst). Called last in a transaction: the rows it
writes are then locked for no longer than the commit takes.
p_defaults: see property_limits.
Returns: for each the seconds to wait before it is sent, 0 for at once; null without a limit.
Locks: the rate_slot rows, of properties without a limited partner in the order of their ids, then
as take_shared_slots by partner. Writes: rate_slot; nothing for a property without a limit.';
