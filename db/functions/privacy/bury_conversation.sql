create or replace function lead_sync_private.bury_conversation()
returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $fn$
declare
  v_mapping public.lead_sync_mapping;
  v_contacts jsonb;
begin
  select m.* into v_mapping
  from public.lead_sync_mapping m where m.conversation_id = old.id;
  -- A create may be on its way: what it makes must not come back with the next pull.
  if v_mapping.id is null and not exists (
      select from public.lead_sync_queue q
      where q.conversation_id = old.id and q.state ? 'sent'
        and q.status in ('pending', 'processing', 'failed')) then
    return old;
  end if;
  select jsonb_build_object('email', u.email, 'phone', u.phone) into v_contacts
  from public."user" u where u.id = old.user_id;
  perform lead_sync_private.raise_tombstone(old.id, coalesce(v_mapping.property_id,
      (select b.property_id from public.chatbot b where b.id = old.chatbot_id)),
    v_mapping.resman_lead_id, v_contacts, 'deleted', 'the conversation was deleted in DomIQ');
  perform lead_sync_private.retire_deleted(v_mapping);
  return old;
end
$fn$;
revoke all on function lead_sync_private.bury_conversation() from public;
comment on function lead_sync_private.bury_conversation() is
'Leave a tombstone for a linked conversation that is being deleted, and mark its lead lost where the
property''s setting deletion says so. Trigger.
Writes: tombstone, lead_sync_queue.';
