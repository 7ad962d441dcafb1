create or replace function lead_sync.erase_lead(p_conversation_id uuid)
returns jsonb
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '5s'
as $fn$
declare
  v_lead lead_sync_private.lead;
  v_mapping public.lead_sync_mapping;
  v_ids uuid[];
  v_result jsonb;
begin
  select l.* into v_lead
  from lead_sync_private.lead l where l.conversation_id = p_conversation_id;
  if not found then
    raise exception using errcode = 'LS002', message = 'no such conversation',
      hint = 'Erase before the conversation is deleted in DomIQ; a deletion leaves a tombstone '
             'by itself.';
  end if;
  v_mapping := lead_sync_private.find_mapping(p_conversation_id, v_lead.user_id,
    v_lead.property_id);
  -- all that feed the lead are the person
  v_ids := lead_sync_private.link_conversations(p_conversation_id, v_mapping.id);
  if exists (select from public.lead_sync_queue q
             where q.conversation_id = any (v_ids) and q.status = 'processing') then
    raise exception using errcode = 'LS011', message = 'a sync of the lead is in flight',
      hint = 'Try again in a moment; suppress_lead stops further ones.';
  end if;
  perform lead_sync_private.raise_tombstone(c.id, v_lead.property_id,
    coalesce(m.resman_lead_id, v_mapping.resman_lead_id),
    jsonb_build_object('email', u.email, 'phone', u.phone), 'erased', null)
  from public.conversation c
  left join public."user" u on u.id = c.user_id
  left join public.lead_sync_mapping m on m.conversation_id = c.id
  where c.id = any (v_ids);
  -- earlier ids of the lead, which go with the link
  perform lead_sync_private.raise_tombstone(null, v_lead.property_id, a.resman_lead_id, null,
    'erased', null)
  from lead_sync_private.lead_alias a where a.mapping_id = v_mapping.id;
  v_result := lead_sync_private.erase_traces(v_ids, v_lead.property_id,
    v_mapping.resman_lead_id, v_mapping.id);
  perform lead_sync_private.write_erased_conversation(c.id)
  from public.conversation c where c.id = any (v_ids);
  return v_result;
end
$fn$;
revoke all on function lead_sync.erase_lead(uuid) from public;
grant execute on function lead_sync.erase_lead(uuid) to lead_sync_service;
comment on function lead_sync.erase_lead(uuid) is
'Erase what the package keeps of a person at a property, archives included; what remains is the
skeleton of the audit (when which operation ended how) and tombstones of keyed hashes, one for each
conversation that feeds the lead, so that the person does not come back with the next pull. DomIQ''s
own rows are DomIQ''s to delete.
Returns: how much was removed, by table.
Raises: LS002, LS011 a sync of the lead is in flight.
Writes: all tables of the package that hold the lead; the package''s columns of conversation.';
