create or replace function lead_sync_private.link_conversations(
  p_conversation_id uuid, p_mapping_id uuid)
returns uuid[]
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
as $fn$
begin
  return array(
    select p_conversation_id where p_conversation_id is not null
    union select m.conversation_id from public.lead_sync_mapping m where m.id = p_mapping_id
    union select f.conversation_id from lead_sync_private.follower f
      where f.mapping_id = p_mapping_id);
end
$fn$;
revoke all on function lead_sync_private.link_conversations(uuid, uuid) from public;
comment on function lead_sync_private.link_conversations(uuid, uuid) is
'List the conversations that feed a lead: the one given, the one linked, and its followers.';
