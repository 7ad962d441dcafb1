create or replace function public.add_sync_queue_item()
returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set jit = off
as $fn$
begin
  -- of the transition table alone: there is no plan to pin
  perform lead_sync_private.capture_conversations(array(
    select n.id from new_rows n
    where n.user_id is not null
      and (tg_op = 'INSERT' or n.resman_capture_mark = txid_current_if_assigned())),
    'push', 2, tg_op, true);
  return null;
end
$fn$;
revoke all on function public.add_sync_queue_item() from public;
comment on function public.add_sync_queue_item() is
'Queue the pushes of the conversations that this statement wrote: all of an INSERT, of an UPDATE
those that the stamp marked in this transaction.
Writes: lead_sync_queue. Notifies: lead_sync_ready, while a runner sleeps. Trigger, set-based.';
