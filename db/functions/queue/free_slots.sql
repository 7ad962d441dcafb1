create or replace function lead_sync_private.free_slots(
  p_limited text, p_rate numeric, p_now timestamptz)
returns integer
language plpgsql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
set enable_bitmapscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $fn$
declare
  v_next timestamptz;
  v_beyond int8multirange;
  v_free integer;
begin
  select r.next_at, r.beyond into v_next, v_beyond
  from lead_sync_private.rate_slot r where r.limited = p_limited;
  if v_next > p_now + interval '1 s' then
    return 0;
  elsif coalesce(p_rate, 0) = 0 then
    return 10000;
  end if;
  -- no more than leave within a second: what is claimed should not wait in a runner
  v_free := greatest(1, least(10000, floor(p_rate * lead_sync_private.rate_share()
    * (1 - greatest(extract(epoch from v_next - p_now), 0)))))::integer;
  if not isempty(v_beyond) then
    v_free := v_free - (
      select coalesce(sum(upper(r.places) - lower(r.places)), 0)::integer
      from unnest(v_beyond * int8multirange(int8range(0, v_free))) as r(places));
  end if;
  return v_free;
end
$fn$;
revoke all on function lead_sync_private.free_slots(text, numeric, timestamptz) from public;
comment on function lead_sync_private.free_slots(text, numeric, timestamptz) is
'Say how many requests of a property or partner may be handed out now that leave within a second.
p_rate: requests a second, 0 or null for no limit; an answer that asked to wait holds all the same.
Returns: 0 where the next may leave later.';
