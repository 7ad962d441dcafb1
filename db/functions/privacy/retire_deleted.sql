create or replace function lead_sync_private.retire_deleted(p_mapping public.lead_sync_mapping)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $fn$
begin
  if p_mapping.mapping_status = 'active' and exists (
      select from public.resman_integration i
      where i.property_id = p_mapping.property_id and i.sync_direction <> 'from_resman')
    and lead_sync_private.get_setting(p_mapping.property_id, 'deletion') = '"lost"' then
    perform lead_sync_private.queue_retire(p_mapping.property_id, p_mapping.resman_lead_id,
      p_mapping.contact_id, 'Deleted in DomIQ');
  end if;
end
$fn$;
revoke all on function lead_sync_private.retire_deleted(public.lead_sync_mapping) from public;
comment on function lead_sync_private.retire_deleted(public.lead_sync_mapping) is
'Queue that ResMan''s lead of a deleted conversation is marked lost, if the property wants that.
Writes: lead_sync_queue. Notifies: lead_sync_ready, while a runner sleeps.';
