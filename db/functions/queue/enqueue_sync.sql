create or replace function lead_sync.enqueue_sync(
  p_conversation_id uuid, p_operation text default 'push', p_priority integer default 2,
  p_data jsonb default '{}')
returns uuid
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $fn$
declare
  v_lead lead_sync_private.lead;
  v_data jsonb := coalesce(p_data, '{}');
begin
  if p_operation is null or p_operation not in ('push', 'status_update', 'enrichment') then
    raise exception using errcode = 'LS001',
      message = 'operation is not available in this version',
      hint = 'One of push, status_update, enrichment.';
  elsif p_priority is null or p_priority not between 1 and 3 then
    raise exception using errcode = 'LS001', message = 'priority is out of range',
      hint = '1 low, 2 medium, 3 high.';
  elsif jsonb_typeof(v_data) <> 'object' or length(v_data::text) > 100000 then
    raise exception using errcode = 'LS001', message = 'data is no object or too large',
      hint = 'Give a json object of at most 100,000 characters.';
  end if;
  select l.* into v_lead
  from lead_sync_private.lead l where l.conversation_id = p_conversation_id;
  if not found then
    raise exception using errcode = 'LS002', message = 'no such conversation',
      hint = 'Give the id of a row of conversation.';
  elsif v_lead.ineligible = 'no_integration' then
    raise exception using errcode = 'LS003', message = 'property has no integration',
      hint = 'Add one with configure_integration or leadsync integration add.';
  elsif v_lead.ineligible is not null then
    raise exception using errcode = 'LS005', message = 'conversation is not eligible',
      detail = v_lead.ineligible,
      hint = 'It is queued by itself once what is missing is there; lead_status says more.';
  end if;
  return lead_sync_private.enqueue_item(p_conversation_id, v_lead.property_id, p_operation,
    p_priority, v_data - 'conversation_id');
end
$fn$;
revoke all on function lead_sync.enqueue_sync(uuid, text, integer, jsonb) from public;
grant execute on function lead_sync.enqueue_sync(uuid, text, integer, jsonb)
  to lead_sync_service;
comment on function lead_sync.enqueue_sync(uuid, text, integer, jsonb) is
'Queue an operation on a conversation: push, status_update or enrichment. Values are read when they
are sent; p_data holds hints. An item that joins a pending one leaves that one''s data and priority.
Returns: the item''s id, the pending one''s where it joins one.
Raises: LS001, LS002 no such conversation, LS003, LS005 with the reason as detail.
Locks: the joined item FOR SHARE; the conversation FOR KEY SHARE. Writes: lead_sync_queue.
Notifies: lead_sync_ready, while a runner sleeps.';
