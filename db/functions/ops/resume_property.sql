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
  delete from lead_sync_private.breaker b where b.property_id = p_property_id;
  update public.lead_sync_conflicts c
  set resolution_status = 'resolved', resolved_at = clock_timestamp(),
      updated_at = clock_timestamp(), notes = coalesce(c.notes, 'the property was resumed')
  where c.property_id = p_property_id and c.conversation_id is null
    and c.conflict_field in ('write_guard', 'missing_leads')
    and c.resolution_status in ('pending', 'manual_review');
  perform lead_sync_private.wake_runners();
end
$fn$;
revoke all on function lead_sync.resume_property(uuid) from public;
grant execute on function lead_sync.resume_property(uuid) to lead_sync_service;
comment on function lead_sync.resume_property(uuid) is
'Claim a property''s items again, whatever stopped it; conflicts of the guards that did are closed,
and so is its breaker.
Raises: LS003.
Writes: resman_integration, lead_sync_conflicts, breaker.
Notifies: lead_sync_ready, while a runner sleeps.';
