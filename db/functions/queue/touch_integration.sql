create or replace function lead_sync_private.touch_integration(
  p_property_id uuid, p_success boolean)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $fn$
declare
  v_now timestamptz := clock_timestamp();
begin
  -- No hot row: at most one write a second for a property, and nobody waits for it.
  update public.resman_integration i
  set last_sync_at = v_now, updated_at = v_now,
      last_successful_sync_at = case when p_success then v_now
        else i.last_successful_sync_at end,
      error_count = case when p_success then 0 else coalesce(i.error_count, 0) + 1 end
  where i.id = (
    select x.id from public.resman_integration x
    where x.property_id = p_property_id
      and (x.updated_at < v_now - interval '1 second'
        or p_success and x.last_successful_sync_at is null
        or p_success and x.error_count > 0 or not p_success and x.error_count = 0)
    for no key update skip locked);
end
$fn$;
revoke all on function lead_sync_private.touch_integration(uuid, boolean) from public;
comment on function lead_sync_private.touch_integration(uuid, boolean) is
'Note on a property''s integration that an attempt ended: times, and failures since the last
success. At most once a second, a change of mood at once.
Locks: the integration''s row, by SKIP LOCKED. Writes: resman_integration.';
