create or replace function lead_sync_private.take_shared_slots(
  p_partner text, p_partner_rate numeric, p_property_ids uuid[], p_rates numeric[])
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
  v_limited constant text := 'partner:' || p_partner;
  v_spacing constant interval :=
    interval '1 s' / (p_partner_rate * lead_sync_private.rate_share())::float8;
  v_spacing_s constant numeric := extract(epoch from v_spacing);
  v_own jsonb; -- by property with a rate of its own: when its next may leave
  v_property text;
  v_now timestamptz;
  v_next timestamptz; -- place 0 of the partner
  v_beyond int8multirange;
  v_from timestamptz;
  v_at timestamptz;
  v_place bigint;
  v_waits numeric[] := '{}'::numeric[];
begin
  with locked as (
    insert into lead_sync_private.rate_slot as r (limited, next_at)
    select p.id::text, clock_timestamp()
    from (select distinct x.id from unnest(p_property_ids, p_rates) as x(id, rate)
      where x.rate > 0) as p
    order by p.id::text
    on conflict on constraint pk_rate_slot do update set next_at = r.next_at
    returning r.limited, r.next_at
  )
  select coalesce(jsonb_object_agg(l.limited, l.next_at), '{}') into v_own from locked l;
  insert into lead_sync_private.rate_slot as r (limited, next_at)
  values (v_limited, clock_timestamp())
  on conflict on constraint pk_rate_slot do update set next_at = r.next_at
  returning r.next_at, r.beyond into v_next, v_beyond;
  v_now := clock_timestamp();
  if v_next < v_now then -- the places that have passed unused are gone
    v_place := ceil(extract(epoch from v_now - v_next) / v_spacing_s)::bigint;
    v_beyond := lead_sync_private.shift_slots(v_beyond, v_place);
    v_next := case when isempty(v_beyond) then v_now else v_next + v_spacing * v_place end;
  end if;
  for v_n in 1 .. cardinality(p_property_ids) loop
    v_property := p_property_ids[v_n]::text;
    v_from := greatest(v_next, (v_own ->> v_property)::timestamptz);
    -- a thousandth of a spacing is rounding
    v_place := lead_sync_private.free_slot(v_beyond,
      ceil(extract(epoch from v_from - v_next) / v_spacing_s - 0.001)::bigint);
    v_beyond := v_beyond + int8multirange(int8range(v_place, v_place + 1));
    v_at := v_next + v_spacing * v_place;
    if v_own ? v_property then
      -- What waits for the partner by less than a spacing of its keeps the property's own pace.
      v_own := v_own || jsonb_build_object(v_property, greatest(v_from, v_at - v_spacing)
        + interval '1 s' / (p_rates[v_n] * lead_sync_private.rate_share())::float8);
    end if;
    v_waits[v_n] := greatest(0, round(extract(epoch from v_at - v_now), 3));
  end loop;
  update lead_sync_private.rate_slot r set next_at = (v_own ->> r.limited)::timestamptz
  where r.limited = any (array(select jsonb_object_keys(v_own)));
  v_place := lead_sync_private.free_slot(v_beyond, 0);
  update lead_sync_private.rate_slot r
  set next_at = v_next + v_spacing * v_place,
      beyond = lead_sync_private.shift_slots(v_beyond, v_place)
  where r.limited = v_limited;
  return v_waits;
end
$fn$;
revoke all on function lead_sync_private.take_shared_slots(text, numeric, uuid[], numeric[])
  from public;
comment on function lead_sync_private.take_shared_slots(text, numeric, uuid[], numeric[]) is
'Give each request of a batch, named by its property, a time that is free both for its property and
for the partner they share. A property that may not send for a while takes later places of the
partner''s and leaves the earlier ones to others.
p_rates: the rate of each request''s property, 0 for none. A change of the partner''s rate stretches
what is spoken for.
Returns: for each the seconds to wait before it is sent, 0 for at once.
Locks: the rate_slot rows, the properties'' in the order of their ids, then the partner''s.
Writes: rate_slot.';
