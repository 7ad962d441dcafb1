create or replace function lead_sync_private.shift_slots(p_taken int8multirange, p_by bigint)
returns int8multirange
language plpgsql immutable strict
set search_path = pg_catalog, pg_temp
as $fn$
begin
  return coalesce(
    (select range_agg(int8range(greatest(lower(r.places), p_by) - p_by, upper(r.places) - p_by))
     from unnest(p_taken) as r(places)
     where upper(r.places) > p_by), '{}');
end
$fn$;
revoke all on function lead_sync_private.shift_slots(int8multirange, bigint) from public;
comment on function lead_sync_private.shift_slots(int8multirange, bigint) is
'Count taken places from a later one on; what lies before it is gone.';
