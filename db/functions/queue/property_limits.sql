create or replace function lead_sync_private.property_limits(
  p_property_id uuid, p_defaults jsonb default lead_sync_private.default_limits(),
  out rate numeric, out in_flight integer, out partner text,
  out partner_rate numeric, out partner_in_flight integer)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $fn$
begin
  -- get_setting for five at once: one look at each table
  select coalesce(s.rate, (p_defaults ->> 'rate_limit')::numeric),
    coalesce(s.in_flight, (p_defaults ->> 'in_flight_limit')::numeric)::integer,
    s.partner,
    coalesce(s.partner_rate, (p_defaults ->> 'partner_rate_limit')::numeric),
    coalesce(s.partner_in_flight, (p_defaults ->> 'partner_in_flight_limit')::numeric)::integer
  into rate, in_flight, partner, partner_rate, partner_in_flight
  from (
    select max(x.value #>> '{}') filter (where x.name = 'partner') as partner,
      max((x.value #>> '{}')::numeric) filter (where x.name = 'rate_limit') as rate,
      max((x.value #>> '{}')::numeric) filter (where x.name = 'in_flight_limit') as in_flight,
      max((x.value #>> '{}')::numeric) filter (where x.name = 'partner_rate_limit')
        as partner_rate,
      max((x.value #>> '{}')::numeric) filter (where x.name = 'partner_in_flight_limit')
        as partner_in_flight
    from lead_sync_private.property_setting x
    -- a range, for one descent of the index instead of five
    where x.property_id = p_property_id and x.name between 'in_flight_limit' and 'rate_limit'
  ) as s;
end
$fn$;
revoke all on function lead_sync_private.property_limits(uuid, jsonb) from public;
comment on function lead_sync_private.property_limits(uuid, jsonb) is
'Read a property''s limits from its settings: requests a second and items in flight, of its own and
of its partner.
p_defaults: what default_limits returns, where the caller has it already.
Returns: rate 0 and partner limits null where there is none.';
