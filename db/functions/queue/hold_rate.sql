create or replace function lead_sync_private.hold_rate(
  p_property_id uuid, p_at_least interval)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
set enable_bitmapscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $fn$
begin
  insert into lead_sync_private.rate_slot as r (limited, next_at)
  select k.limited, clock_timestamp() + p_at_least
  from lead_sync_private.property_limits(p_property_id) as l
  cross join lateral (values (p_property_id::text), ('partner:' || l.partner)) as k(limited)
  where k.limited is not null
  order by k.limited
  on conflict on constraint pk_rate_slot do update
    set next_at = greatest(r.next_at, excluded.next_at),
        beyond = case when r.next_at < excluded.next_at then '{}' else r.beyond end;
end
$fn$;
revoke all on function lead_sync_private.hold_rate(uuid, interval) from public;
comment on function lead_sync_private.hold_rate(uuid, interval) is
'Let no runner send for a property, nor for others of its partner, before a time from now: ResMan
said that there was too much.
Locks: as take_slots. Writes: rate_slot.';
