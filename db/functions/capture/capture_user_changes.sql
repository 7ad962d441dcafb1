create or replace function lead_sync_private.capture_user_changes()
returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
set enable_hashjoin = off
set enable_mergejoin = off
as $fn$
begin
  perform lead_sync_private.capture_conversations(array(
    select c.id
    from new_rows n join public.conversation c on c.user_id = n.id
    where n.resman_capture_mark = pg_current_xact_id_if_assigned()::text::bigint), 'push', 2, tg_op);
  return null;
end
$fn$;
revoke all on function lead_sync_private.capture_user_changes() from public;
comment on function lead_sync_private.capture_user_changes() is
'Queue the pushes of the conversations of the users that this statement changed. No row of
conversation is written or waited for: two transactions that edit a user and its conversation
crosswise share nothing here; the user''s own version tells the push that it moved.
Writes: lead_sync_queue. Notifies: lead_sync_ready, while a runner sleeps. Trigger, set-based.';
