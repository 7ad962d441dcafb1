create or replace function lead_sync_private.free_slot(p_taken int8multirange, p_from bigint)
returns bigint
language plpgsql immutable strict
set search_path = pg_catalog, pg_temp
as $fn$
begin
  return coalesce(
    (select upper(r.places) from unnest(p_taken) as r(places) where r.places @> p_from), p_from);
end
$fn$;
revoke all on function lead_sync_private.free_slot(int8multirange, bigint) from public;
comment on function lead_sync_private.free_slot(int8multirange, bigint) is
'Find the first place from one on that is not taken.';
