create or replace function lead_sync_private.raise_tombstone(
  p_conversation_id uuid, p_property_id uuid, p_lead_id text, p_contacts jsonb, p_kind text,
  p_reason text)
returns bigint
language sql volatile
set search_path = pg_catalog, pg_temp
as $fn$
  insert into lead_sync_private.tombstone
    (property_id, conversation_id, resman_lead_id, contact_hashes, kind, reason)
  values (p_property_id, p_conversation_id, p_lead_id,
    lead_sync_private.hash_contacts(p_property_id, p_contacts), p_kind, left(p_reason, 1000))
  returning id;
$fn$;
revoke all on function lead_sync_private.raise_tombstone(uuid, uuid, text, jsonb, text, text)
  from public;
comment on function lead_sync_private.raise_tombstone(uuid, uuid, text, jsonb, text, text) is
'Make sure that a person at a property is not pushed, pulled or made again: ids and keyed hashes are
kept, no values.
p_contacts: {"email","phone"}, hashed and forgotten.
Returns: the tombstone''s id. Writes: tombstone.';
