create or replace function lead_sync_private.drop_create_intent(p_conversation_id uuid)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $fn$
begin
  delete from lead_sync_private.create_intent i where i.conversation_id = p_conversation_id;
end
$fn$;
revoke all on function lead_sync_private.drop_create_intent(uuid) from public;
comment on function lead_sync_private.drop_create_intent(uuid) is
'Give back what take_create_intent reserved, once the outcome of the create is known.';
