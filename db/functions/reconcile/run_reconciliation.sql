create or replace function lead_sync.run_reconciliation(
  p_property_id uuid, p_repair boolean default false)
returns uuid
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $fn$
declare
  v_id uuid;
begin
  if not exists (
      select from public.resman_integration i where i.property_id = p_property_id) then
    raise exception using errcode = 'LS003', message = 'property has no integration',
      hint = 'Add one with configure_integration or leadsync integration add.';
  end if;
  insert into lead_sync_private.reconciliation_run (property_id, repair)
  values (p_property_id, coalesce(p_repair, false))
  returning id into v_id;
  insert into lead_sync_private.reconciliation_finding (run_id, mapping_id, class)
  select v_id, m.id, 'unread'
  from public.lead_sync_mapping m
  where m.property_id = p_property_id and m.mapping_status in ('active', 'deleted');
  insert into public.lead_sync_queue (property_id, sync_operation, sync_data, priority)
  values (p_property_id, 'pull', jsonb_build_object('reconcile', v_id), 1);
  perform lead_sync_private.wake_runners();
  return v_id;
end
$fn$;
revoke all on function lead_sync.run_reconciliation(uuid, boolean) from public;
grant execute on function lead_sync.run_reconciliation(uuid, boolean) to lead_sync_service;
comment on function lead_sync.run_reconciliation(uuid, boolean) is
'Queue a sweep over all links of a property: each lead is read from ResMan by its id and compared
with DomIQ. With p_repair what differs without a reason goes through the merge at once.
Returns: the run''s id, for reconciliation_report.
Raises: LS003.
Writes: reconciliation_run, reconciliation_finding, lead_sync_queue.
Notifies: lead_sync_ready, while a runner sleeps.';
