create or replace function lead_sync_private.is_entombed(
  p_property_id uuid, p_conversation_id uuid, p_lead_id text, p_lead jsonb)
returns boolean
language plpgsql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set plan_cache_mode = force_generic_plan
as $fn$
begin
  return exists (
      select from lead_sync_private.tombstone t
      where t.lifted_at is null and t.resman_lead_id = p_lead_id
        and (t.property_id is null or t.property_id = p_property_id))
    or exists (
      select from lead_sync_private.tombstone t
      where t.lifted_at is null and t.conversation_id = p_conversation_id)
    or exists (
      select from lead_sync_private.tombstone t
      where t.lifted_at is null
        and t.contact_hashes && lead_sync_private.hash_contacts(p_property_id, p_lead)
        and (t.property_id is null or t.property_id = p_property_id));
end
$fn$;
revoke all on function lead_sync_private.is_entombed(uuid, uuid, text, jsonb) from public;
comment on function lead_sync_private.is_entombed(uuid, uuid, text, jsonb) is
'Say whether a tombstone that was not lifted stands for a conversation, a ResMan lead or the person
with these contacts at a property: it is not pushed, pulled or made again.';
