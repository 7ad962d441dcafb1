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
begin
  -- no more than leave within a second: what is claimed should not wait in a runner
  return (
    select case
      when s.next_at > p_now + interval '1 s' then 0
      when coalesce(p_rate, 0) = 0 then 10000
      else greatest(1, least(10000, floor(p_rate * lead_sync_private.rate_share() *
        (1 - greatest(extract(epoch from s.next_at - p_now), 0)))))::integer
      end
    from (select 1) as one
    left join lead_sync_private.rate_slot r on r.limited = p_limited
    cross join lateral (select coalesce(r.next_at, p_now)) as s(next_at));
end
$fn$;
revoke all on function lead_sync_private.free_slots(text, numeric, timestamptz) from public;
comment on function lead_sync_private.free_slots(text, numeric, timestamptz) is
'Say how many requests of a property or partner may be handed out now that leave within a second.
p_rate: requests a second, 0 or null for no limit; an answer that asked to wait holds all the same.
Returns: 0 where the next may leave later.';
