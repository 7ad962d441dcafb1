create or replace function lead_sync_private.take_link(p_conversation_id uuid)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $fn$
begin
  -- the claim's own lock: no push of the lead begins before this transaction has ended
  if not pg_try_advisory_xact_lock(
      hashtextextended(p_conversation_id::text, 7813528840112739843)) then
    raise exception using errcode = 'LS011', message = 'a push of the lead is in flight',
      hint = 'Try again in a moment.';
  -- A new statement sees what a claim that held the lock has committed since.
  elsif exists (
      select from public.lead_sync_queue q
      where q.status = 'processing' and q.sync_operation <> 'pull'
        and (q.lane = p_conversation_id or q.conversation_id = p_conversation_id)) then
    raise exception using errcode = 'LS011', message = 'a push of the lead is in flight',
      hint = 'Try again in a moment.';
  elsif not lead_sync_private.lock_lead_rows(p_conversation_id) then
    raise exception using errcode = 'LS011',
      message = 'the conversation or its user is being written by another transaction',
      hint = 'Try again in a moment.';
  end if;
end
$fn$;
revoke all on function lead_sync_private.take_link(uuid) from public;
comment on function lead_sync_private.take_link(uuid) is
'Keep a lead still for a decision: no push in flight, none begun, DomIQ''s rows locked.
Raises: LS011. Locks: the lead''s advisory lock for the transaction, by try; "user", then
conversation, by SKIP LOCKED.';
