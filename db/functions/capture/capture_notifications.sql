create or replace function lead_sync_private.capture_notifications()
returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
set enable_hashjoin = off
set enable_mergejoin = off
as $fn$
begin
  if tg_op = 'INSERT' and current_setting('lead_sync.applying', true) <> '' then
    -- what DomIQ's trigger tells because of a pull is no news to ResMan
    perform lead_sync_private.write_kept_notifications(array(
      select n.id from new_rows n
      where lead_sync_private.is_echo(n.conversation_id, 'enrichment')));
  end if;
  perform lead_sync_private.capture_conversations(array(
    select distinct n.conversation_id from new_rows n
    where n.conversation_id is not null
      and (tg_op = 'INSERT'
        or n.resman_capture_mark = txid_current_if_assigned())), 'enrichment', 1, tg_op, false);
  return null;
end
$fn$;
revoke all on function lead_sync_private.capture_notifications() from public;
comment on function lead_sync_private.capture_notifications() is
'Queue one enrichment for each conversation whose notifications this statement wrote; those that a
pull brought about are marked instead, and do not travel back.
Writes: lead_sync_queue, lead_notification. Notifies: lead_sync_ready, while a runner sleeps.
Trigger, set-based.';
