create or replace function lead_sync_private.write_log(
  p_item public.lead_sync_queue, p_status text, p_type text, p_sent jsonb, p_answer jsonb,
  p_error_code text default null, p_error_message text default null,
  p_details jsonb default null)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $fn$
declare
  v_at timestamptz := clock_timestamp();
  v_conversation_id uuid;
begin
  -- A DomIQ session may hold the conversation FOR UPDATE or be deleting it. The row is written
  -- all the same, without the reference, so that nobody is waited for and nothing is lost.
  select c.id into v_conversation_id
  from public.conversation c where c.id = p_item.conversation_id
  for key share skip locked;
  loop
    insert into public.lead_sync_log
      (conversation_id, resman_lead_id, sync_direction, sync_status, sync_type, sync_data,
       response_data, error_message, error_code, conflict_details, retry_count,
       processing_time_ms, created_at, property_id, item_id, attempt, sync_operation)
    values
      (v_conversation_id, p_item.resman_lead_id,
       case p_item.sync_operation when 'pull' then 'from_resman' else 'to_resman' end, p_status, p_type,
       coalesce(p_sent, '{}') || jsonb_build_object('conversation_id', p_item.conversation_id),
       p_answer, left(p_error_message, 4000), left(p_error_code, 100), p_details,
       p_item.retry_count,
       -- least() and greatest() pass over nulls: of what was never claimed it is unknown
       case when p_item.lease_started_at is not null then
         least(greatest(extract(epoch from v_at - p_item.lease_started_at) * 1000, 0),
               2147483647)::integer end,
       v_at, p_item.property_id, p_item.id, p_item.attempt, p_item.sync_operation)
    on conflict on constraint idx_lead_sync_log_conversation_created do nothing;
    exit when found;
    v_at := v_at + interval '1 microsecond';
  end loop;
end
$fn$;
revoke all on function lead_sync_private.write_log(public.lead_sync_queue, text, text, jsonb, jsonb,
  text, text, jsonb) from public;
comment on function lead_sync_private.write_log(public.lead_sync_queue, text, text, jsonb, jsonb,
  text, text, jsonb) is
'Write the audit row of one ended attempt.
The seed''s UNIQUE (conversation_id, created_at) never loses a row: the writer steps aside by a
microsecond.
Locks: the conversation FOR KEY SHARE, skipped when it cannot be had at once.
Writes: lead_sync_log.';
