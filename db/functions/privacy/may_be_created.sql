create or replace function lead_sync_private.may_be_created(p_conversation_id uuid)
returns boolean
language plpgsql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
as $fn$
begin
  return exists (
      select from public.lead_sync_queue q
      where q.conversation_id = p_conversation_id and q.state ? 'sent'
        and q.status in ('pending', 'processing', 'failed'))
    or exists (
      select from lead_sync_private.create_intent i
      where i.conversation_id = p_conversation_id);
end
$fn$;
revoke all on function lead_sync_private.may_be_created(uuid) from public;
comment on function lead_sync_private.may_be_created(uuid) is
'Say whether a lead of a conversation may be in ResMan though no answer has said so: a create is on
its way, or its answer was lost.';
