create or replace function lead_sync.pause_property(p_property_id uuid, p_reason text)
returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $fn$
begin
  update public.resman_integration i
  set sync_status = 'paused', status_reason = left(nullif(btrim(p_reason), ''), 1000),
      updated_at = clock_timestamp()
  where i.property_id = p_property_id;
  if not found then
    raise exception using errcode = 'LS003', message = 'property has no integration',
      hint = 'Add one with configure_integration or leadsync integration add.';
  end if;
end
$fn$;
revoke all on function lead_sync.pause_property(uuid, text) from public;
grant execute on function lead_sync.pause_property(uuid, text) to lead_sync_service;
comment on function lead_sync.pause_property(uuid, text) is
'Stop claiming a property''s items, from the next claim on; edits are captured all the same and
what is in flight ends. p_reason: why, for those who look at the status; may be null.
Raises: LS003.
Writes: resman_integration.';
