create or replace function lead_sync_private.record_stale(
  p_item public.lead_sync_queue, p_response jsonb)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
set enable_bitmapscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $fn$
begin
  if p_item.id is null or p_item.conversation_id is null
     or p_response ->> 'outcome' <> 'ok' then
    return;
  end if;
  -- It may have been a save: the log keeps it, and a push that reads first finds out.
  perform lead_sync_private.write_log(p_item, 'retry',
    lead_sync_private.log_type(p_item, p_item.state), '{"step": "stale"}',
    lead_sync_private.trim_response(p_response), 'stale',
    'an answer came under a lease that was no longer current');
  if exists (select from lead_sync_private.lead l
             where l.conversation_id = p_item.conversation_id and l.ineligible is null) then
    perform lead_sync_private.enqueue_item(p_item.conversation_id, p_item.property_id, 'push', 2);
  end if;
end
$fn$;
revoke all on function lead_sync_private.record_stale(public.lead_sync_queue, jsonb) from public;
comment on function lead_sync_private.record_stale(public.lead_sync_queue, jsonb) is
'Keep a successful answer that came too late, and queue a push, which reads before it writes.
Writes: lead_sync_log, lead_sync_queue.';
