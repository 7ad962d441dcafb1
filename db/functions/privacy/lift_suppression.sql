create or replace function lead_sync.lift_suppression(p_conversation_id uuid)
returns uuid
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $fn$
declare
  v_lead lead_sync_private.lead;
  v_mapping public.lead_sync_mapping;
begin
  update lead_sync_private.tombstone t
  set lifted_at = clock_timestamp()
  where t.conversation_id = p_conversation_id and t.lifted_at is null
    and t.kind = 'suppressed';
  if not found then
    raise exception using errcode = 'LS002', message = 'lead is not suppressed',
      hint = 'Only what suppress_lead has stopped can be lifted; an erasure stays.';
  end if;
  select l.* into v_lead
  from lead_sync_private.lead l where l.conversation_id = p_conversation_id;
  if v_lead.ineligible = 'direction' then
    -- what ResMan has changed meanwhile was passed over, and no window shows it again
    v_mapping := lead_sync_private.find_mapping(p_conversation_id, v_lead.user_id,
      v_lead.property_id);
    if v_mapping.mapping_status = 'active' then
      return lead_sync_private.queue_pull(v_lead.property_id, 2,
        jsonb_build_object('lead_id', v_mapping.resman_lead_id), p_conversation_id);
    end if;
  end if;
  if v_lead.conversation_id is null or v_lead.ineligible is not null then
    return null;
  end if;
  if exists (select from public.lead_notification n
             where n.conversation_id = p_conversation_id
               and n.resman_sync_status is distinct from 'synced') then
    perform lead_sync_private.enqueue_item(p_conversation_id, v_lead.property_id, 'enrichment',
      1);
  end if;
  return lead_sync_private.enqueue_item(p_conversation_id, v_lead.property_id, 'push', 2);
end
$fn$;
revoke all on function lead_sync.lift_suppression(uuid) from public;
grant execute on function lead_sync.lift_suppression(uuid) to lead_sync_service;
comment on function lead_sync.lift_suppression(uuid) is
'Let a lead sync again that suppress_lead had stopped, and queue a push, which reads first, and the
notifications that wait; where nothing is pushed, a read of the linked lead.
Returns: the item''s id; null where the conversation is no lead to push or read.
Raises: LS002 it is not suppressed.
Writes: tombstone, lead_sync_queue. Notifies: lead_sync_ready, while a runner sleeps.';
