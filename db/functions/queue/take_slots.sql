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
  v_waits numeric[] := array_fill(0::numeric, array[cardinality(p_property_ids)]);
  v_bucket record;
  v_spacing interval;
  v_first timestamptz;
  v_wait numeric;
begin
  -- in one order, so that two transactions never wait for each other crosswise
  for v_bucket in
    select b.limited, min(b.rate) as rate, array_agg(b.n order by b.n) as places
    from (
      select distinct p.id from unnest(p_property_ids) as p(id)) as each
    cross join lateral lead_sync_private.property_limits(each.id, p_defaults) as l
    cross join lateral (values (each.id::text, l.rate),
      ('partner:' || l.partner, l.partner_rate)) as k(limited, rate)
    join unnest(p_property_ids) with ordinality as p(id, n) on p.id = each.id
    cross join lateral (select k.limited, k.rate, p.n::integer as n) as b
    where b.limited is not null and b.rate > 0
    group by b.limited order by b.limited
  loop
    v_spacing := interval '1 s' / (v_bucket.rate * lead_sync_private.rate_share())::float8;
    insert into lead_sync_private.rate_slot as r (limited, next_at)
    values (v_bucket.limited, clock_timestamp() + v_spacing * cardinality(v_bucket.places))
    on conflict on constraint pk_rate_slot do update
      set next_at = greatest(r.next_at, clock_timestamp())
        + v_spacing * cardinality(v_bucket.places)
    returning r.next_at - v_spacing * cardinality(v_bucket.places) into v_first;
    for v_place in 1 .. cardinality(v_bucket.places) loop
      v_wait := extract(epoch from v_first + v_spacing * (v_place - 1) - clock_timestamp());
      v_waits[v_bucket.places[v_place]] := greatest(v_waits[v_bucket.places[v_place]],
        round(v_wait, 3), 0);
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
Returns: for each the seconds to wait before it is sent, 0 for at once.
Locks: the rate_slot rows, in order of their names. Writes: rate_slot; nothing for a property
without a limit.';
