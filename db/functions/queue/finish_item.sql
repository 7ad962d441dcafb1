create or replace function lead_sync_private.finish_item(
  p_item public.lead_sync_queue, p_state jsonb, p_outcome jsonb, p_response jsonb)
returns text
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
set enable_bitmapscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set enable_sort = off
set enable_incremental_sort = off
as $fn$
declare
  v_item public.lead_sync_queue := p_item;
  v_mapping public.lead_sync_mapping;
  v_conflict boolean := coalesce(p_outcome -> 'conflicts', '[]') <> '[]';
  v_moved boolean;
begin
  if not lead_sync_private.lock_lead_rows(p_item.conversation_id) then
    -- What was sent stays with the item; the next attempt reads, recognises it and ends.
    perform lead_sync_private.defer_item(p_item,
      case when p_item.state ? 'sent' then jsonb_build_object('sent', p_item.state -> 'sent')
        else '{}' end || p_state || jsonb_build_object('lead_id', p_outcome -> 'lead_id'), 'row_locked',
      'the conversation or its user is being written by another transaction', interval '1 s');
    return 'deferred';
  end if;
  v_item.resman_lead_id := p_outcome ->> 'lead_id';
  v_mapping := lead_sync_private.link_lead(v_item, p_outcome, p_state ->> 'step' = 'save');
  if v_mapping.id is null then
    return lead_sync_private.end_ambiguous(v_item, p_state,
      'ResMan answered with a lead that belongs to another conversation''s user', null,
      p_response);
  end if;
  perform lead_sync_private.keep_events(v_item, p_outcome);
  perform lead_sync_private.note_summary(v_item.conversation_id, v_item.property_id);
  v_moved := lead_sync_private.finish_rows(v_item, v_mapping, p_outcome);
  perform lead_sync_private.drop_create_intent(v_item.conversation_id);
  perform lead_sync_private.write_log(v_item,
    case when v_conflict then 'conflict' else 'success' end,
    lead_sync_private.log_type(v_item, p_state), lead_sync_private.sent_data(p_state),
    p_response, p_details => jsonb_strip_nulls(jsonb_build_object(
      'conflicts', nullif(p_outcome -> 'conflicts', '[]'),
      'pulled', nullif(p_outcome -> 'pulled', '[]'),
      'suppressed', nullif(p_outcome -> 'suppressed', '[]'))));
  perform lead_sync_private.close_item(v_item, 'completed');
  perform lead_sync_private.touch_integration(v_item.property_id, true);
  if v_moved then
    perform lead_sync_private.enqueue_item(v_item.conversation_id, v_item.property_id, 'push', 2);
  end if;
  -- notifications that waited for the link need wait no longer
  update public.lead_sync_queue q set next_retry_at = null, updated_at = clock_timestamp()
  where q.id = any (array(
    select w.id from public.lead_sync_queue w
    -- a range in the order of one index alone: see is_in_flight
    where w.conversation_id >= v_item.conversation_id
      and w.conversation_id <= v_item.conversation_id
      and w.status = 'pending' and w.error_code = 'not_linked'
    order by w.conversation_id, w.sync_operation
    for update skip locked));
  return case when v_conflict then 'conflict' else 'completed' end;
end
$fn$;
revoke all on function lead_sync_private.finish_item(public.lead_sync_queue, jsonb, jsonb, jsonb)
  from public;
comment on function lead_sync_private.finish_item(public.lead_sync_queue, jsonb, jsonb, jsonb) is
'End an item that did what it was queued for: mapping, base, DomIQ''s rows, events, log and item in
one transaction.
Returns: completed; conflict where a group waits for a person; deferred where DomIQ''s rows could
not be locked at once.
Locks: as lock_lead_rows.
Writes: lead_sync_mapping, conversation, "user", lead_notification, lead_event, summary_due,
create_intent, lead_sync_log, lead_sync_queue, resman_integration.';
