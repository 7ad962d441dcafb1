create or replace function lead_sync_private.take_create_intent(
  p_property_id uuid, p_conversation_id uuid, p_email text, p_phone text)
returns boolean
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
set enable_bitmapscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $fn$
declare
  v_contacts text[] := array_remove(array['email:' || p_email, 'phone:' || p_phone], null);
  v_contact text;
begin
  -- By try, so that two creates never wait for each other; held until this commits.
  foreach v_contact in array v_contacts loop
    if not pg_try_advisory_xact_lock(
        hashtextextended(p_property_id || v_contact, 7813528840112739842)) then
      return false;
    end if;
  end loop;
  if lead_sync_private.is_creating(p_property_id, v_contacts, p_conversation_id) then
    return false;
  end if;
  insert into lead_sync_private.create_intent (property_id, contact, conversation_id)
  select p_property_id, c, p_conversation_id from unnest(v_contacts) as c
  on conflict on constraint pk_create_intent do update
    set conversation_id = excluded.conversation_id, created_at = excluded.created_at;
  return true;
end
$fn$;
revoke all on function lead_sync_private.take_create_intent(uuid, uuid, text, text) from public;
comment on function lead_sync_private.take_create_intent(uuid, uuid, text, text) is
'Reserve an e-mail and phone at a property for one create, before its request is handed out.
Returns: false while another conversation holds one of them: wait, then search.
Locks: the contacts'' advisory locks for the transaction, by try: never waits.
Writes: create_intent.';
