create or replace function lead_sync.suppress_lead(p_conversation_id uuid, p_reason text)
returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $fn$
declare
  v_lead lead_sync_private.lead;
  v_mapping public.lead_sync_mapping;
  v_owed jsonb;
begin
  if btrim(coalesce(p_reason, '')) = '' then
    raise exception using errcode = 'LS001', message = 'reason is missing',
      hint = 'Say why the lead is not to be synced; a reason without personal data.';
  end if;
  select l.* into v_lead
  from lead_sync_private.lead l where l.conversation_id = p_conversation_id;
  if not found then
    raise exception using errcode = 'LS002', message = 'no such conversation',
      hint = 'Give the id of a row of conversation.';
  end if;
  if exists (select from lead_sync_private.tombstone t
             where t.conversation_id = p_conversation_id and t.lifted_at is null
               and t.kind = 'suppressed') then
    return;
  end if;
  v_mapping := lead_sync_private.find_mapping(p_conversation_id, v_lead.user_id,
    v_lead.property_id);
  perform lead_sync_private.raise_tombstone(p_conversation_id, v_lead.property_id,
    v_mapping.resman_lead_id, (select jsonb_build_object('email', u.email, 'phone', u.phone)
      from public."user" u where u.id = v_lead.user_id), 'suppressed', p_reason);
  -- DomIQ is not waited for: run_schedule pays later
  v_owed := case when exists (
        select from public.conversation c
        where c.id = p_conversation_id and c.resman_sync_status = 'syncing')
      and not lead_sync_private.lock_lead_rows(p_conversation_id)
    then '{"owed": true}' else '{}' end::jsonb;
  update public.lead_sync_queue q
  set status = 'cancelled', processed_at = clock_timestamp(), updated_at = clock_timestamp(),
      next_retry_at = null, error_code = 'suppressed', error_message = 'the lead is suppressed',
      state = q.state || v_owed
  where q.conversation_id = p_conversation_id and q.status = 'pending';
  if v_owed = '{}' then
    perform lead_sync_private.clear_syncing(p_conversation_id, null);
  end if;
end
$fn$;
revoke all on function lead_sync.suppress_lead(uuid, text) from public;
grant execute on function lead_sync.suppress_lead(uuid, text) to lead_sync_service;
comment on function lead_sync.suppress_lead(uuid, text) is
'Keep a person at a property from being pushed, pulled or made again, until lift_suppression; what
waits of it is cancelled, what is in flight meets the tombstone with its answer.
Raises: LS001, LS002.
Locks: DomIQ''s rows only if they can be had at once.
Writes: tombstone, lead_sync_queue; the conversation''s resman_sync_status, or a note that this is
owed where the row cannot be locked at once.';
