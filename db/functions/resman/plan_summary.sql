create or replace function lead_sync_private.plan_summary(
  p_item public.lead_sync_queue, p_read jsonb)
returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $fn$
declare
  v_event jsonb := lead_sync_private.find_summary(p_item.conversation_id, p_item.property_id);
begin
  if v_event is null or (v_event ->> 'due_at')::timestamptz > clock_timestamp() then
    return '{"events": [], "seen": []}'::jsonb;
  end if;
  v_event := v_event - 'due_at' || jsonb_strip_nulls(jsonb_build_object(
    'agent', lead_sync_private.resolve_agent(p_item.property_id)));
  return case when jsonb_path_exists(coalesce(p_read, '{}'), '$.events[*].key ? (@ == $key)',
      jsonb_build_object('key', v_event -> 'key'))
    then jsonb_build_object('events', '[]'::jsonb, 'seen', jsonb_build_array(v_event))
    else jsonb_build_object('events', jsonb_build_array(v_event), 'seen', '[]'::jsonb) end;
end
$fn$;
revoke all on function lead_sync_private.plan_summary(public.lead_sync_queue, jsonb) from public;
comment on function lead_sync_private.plan_summary(public.lead_sync_queue, jsonb) is
'Plan the chat''s summary as an event of the lead, once it is due. One that ResMan shows already, of
a save whose answer was lost, is not sent again.
p_read: the lead as just read; null where it is to be created.
Returns: {"events","seen"}: what to send, and what is known to be there; arrays of one or none.';
