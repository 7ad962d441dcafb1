create or replace function lead_sync_private.log_type(
  p_item public.lead_sync_queue, p_state jsonb)
returns text
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $fn$
begin
  return case
    when p_item.sync_operation = 'enrichment' then 'enrichment'
    when p_item.sync_operation = 'merge' then 'merge'
    when p_item.sync_operation = 'status_update'
      or p_state #> '{sent,pushed}' in ('["status"]', '["tour"]') then 'status_change'
    when p_state #>> '{sent,lead_id}' is null and p_state ? 'sent' then 'create'
    else 'update' end;
end
$fn$;
revoke all on function lead_sync_private.log_type(public.lead_sync_queue, jsonb) from public;
comment on function lead_sync_private.log_type(public.lead_sync_queue, jsonb) is
'Name what an attempt did, in the words of lead_sync_log.sync_type.';
