create or replace function lead_sync_private.lock_lead_rows(p_conversation_id uuid)
returns boolean
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $fn$
declare
  v_user_id uuid;
begin
  select c.user_id into v_user_id from public.conversation c where c.id = p_conversation_id;
  if not found then
    return false;
  end if;
  if v_user_id is not null then
    perform from public."user" u where u.id = v_user_id for no key update skip locked;
    if not found then
      return false;
    end if;
  end if;
  perform from public.conversation c where c.id = p_conversation_id
  for no key update skip locked;
  return found;
end
$fn$;
revoke all on function lead_sync_private.lock_lead_rows(uuid) from public;
comment on function lead_sync_private.lock_lead_rows(uuid) is
'Lock a conversation''s user and then the conversation, if both can be had at once.
DomIQ''s transactions are never waited for: who cannot lock comes back later.
Returns: whether both are locked.
Locks: "user", conversation FOR NO KEY UPDATE, by SKIP LOCKED.';
