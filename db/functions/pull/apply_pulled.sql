create or replace function lead_sync.apply_pulled()
returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
-- All that runs beneath keeps one plan for all values, and no plan of tiny tables: see CONVENTIONS.
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
set enable_bitmapscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set lock_timeout = '500ms'
as $fn$
declare
  v_property_id uuid;
  v_linked boolean;
begin
  select p.property_id into v_property_id
  from lead_sync_private.pulled_lead p
  join public.resman_integration i on i.property_id = p.property_id
    and i.sync_enabled and i.sync_status in ('active', 'error')
  order by p.id limit 1;
  if v_property_id is null then
    return 0;
  end if;
  -- Two that are strangers may be one person: those are looked for by one session at a time.
  v_linked := not pg_try_advisory_xact_lock(7813528840112739845);
  if v_linked and not pg_try_advisory_xact_lock(7813528840112739849) then
    return 0;
  end if;
  return lead_sync_private.apply_staged(v_property_id, 50, v_linked);
end
$fn$;
revoke all on function lead_sync.apply_pulled() from public;
grant execute on function lead_sync.apply_pulled() to lead_sync_runner;
comment on function lead_sync.apply_pulled() is
'Apply up to fifty leads that a pull has read and left, in one small transaction; call it until it
returns 0. Two sessions at a time get an advisory lock and work, the second on leads alone that have
a link; a third has nothing to do.
Returns: how many.
Locks: DomIQ''s rows only if they can be had at once. Writes: as a pull.';
