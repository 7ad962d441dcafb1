create or replace function lead_sync_private.end_missing(
  p_item public.lead_sync_queue, p_state jsonb, p_plan jsonb)
returns text
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $fn$
declare
  v_reads integer;
begin
  if p_plan ->> 'mapping_id' is null then
    -- An acknowledged create that a read cannot see yet: look again, never create again.
    return lead_sync_private.retry_item(p_item, p_state, true, p_plan ->> 'code',
      p_plan ->> 'message', null, lead_sync_private.settle_time(p_item.property_id));
  end if;
  update public.lead_sync_mapping m
  set missing_reads = m.missing_reads + 1, updated_at = clock_timestamp(),
      mapping_status = case when m.missing_reads >= 1 then 'deleted' else m.mapping_status end
  where m.id = (p_plan ->> 'mapping_id')::uuid
  returning m.missing_reads into v_reads;
  if v_reads < 2 then
    return lead_sync_private.retry_item(p_item, p_state, true, p_plan ->> 'code',
      p_plan ->> 'message', null, lead_sync_private.settle_time(p_item.property_id));
  end if;
  perform lead_sync_private.fail_item(p_item, p_state, p_plan ->> 'code', p_plan ->> 'message',
    null);
  return 'failed';
end
$fn$;
revoke all on function lead_sync_private.end_missing(public.lead_sync_queue, jsonb, jsonb)
  from public;
comment on function lead_sync_private.end_missing(public.lead_sync_queue, jsonb, jsonb) is
'End an attempt whose lead an explicit read does not find: once is a retry, twice marks the mapping
deleted and the item a dead letter. An edit or requeue_item then searches and creates anew.
Returns: retry or failed.
Writes: lead_sync_mapping; as retry_item and fail_item.';
