create or replace function lead_sync_private.bury_conversation()
returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $fn$
declare
  v_mapping public.lead_sync_mapping;
  v_property_id uuid;
  v_contacts jsonb;
begin
  select m.* into v_mapping
  from public.lead_sync_mapping m where m.conversation_id = old.id;
  if v_mapping.id is null then
    select b.property_id into v_property_id
    from public.chatbot b where b.id = old.chatbot_id;
    -- A create may be on its way: what it makes must not come back with the next pull.
    if not lead_sync_private.may_be_created(old.id)
      -- what it feeds goes on without it
      or (lead_sync_private.find_mapping(old.id, old.user_id, v_property_id)).id is not null
    then
      return old;
    end if;
  end if;
  -- the person goes on where the link was merged into another: its lead alone is done with
  if v_mapping.mapping_status is distinct from 'merged' then
    select jsonb_build_object('email', u.email, 'phone', u.phone) into v_contacts
    from public."user" u where u.id = old.user_id;
  end if;
  perform lead_sync_private.raise_tombstone(old.id,
    coalesce(v_mapping.property_id, v_property_id),
    v_mapping.resman_lead_id, v_contacts, 'deleted', 'the conversation was deleted in DomIQ');
  perform lead_sync_private.retire_deleted(v_mapping);
  return old;
end
$fn$;
revoke all on function lead_sync_private.bury_conversation() from public;
comment on function lead_sync_private.bury_conversation() is
'Leave a tombstone for a linked conversation that is being deleted, and mark its lead lost where the
property''s setting deletion says so. One that only feeds another''s lead leaves none; of a link that
was merged into another the lead alone is buried, not the person. Trigger.
Writes: tombstone, lead_sync_queue.';
