create or replace function lead_sync.resume_property(p_property_id uuid)
returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $fn$
begin
  update public.resman_integration i
  set sync_status = 'active', status_reason = null, error_count = 0,
      updated_at = clock_timestamp()
  where i.property_id = p_property_id;
  if not found then
    raise exception using errcode = 'LS003', message = 'property has no integration',
      hint = 'Add one with configure_integration or leadsync integration add.';
  end if;
  perform lead_sync_private.wake_runners();
end
$fn$;
revoke all on function lead_sync.resume_property(uuid) from public;
grant execute on function lead_sync.resume_property(uuid) to lead_sync_service;
comment on function lead_sync.resume_property(uuid) is
'Claim a property''s items again, whatever stopped it.
Raises: LS003.
Writes: resman_integration. Notifies: lead_sync_ready, while a runner sleeps.';
