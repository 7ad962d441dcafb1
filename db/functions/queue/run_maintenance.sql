create or replace function lead_sync.run_maintenance()
returns jsonb
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $fn$
declare
  v_result jsonb;
begin
  if not pg_try_advisory_xact_lock(7813528840112739844) then
    return '{}'::jsonb;
  end if;
  v_result := jsonb_build_object(
    'sync_logs', public.archive_old_sync_logs(),
    'resolved_conflicts', public.archive_resolved_conflicts(),
    'queue_items', public.cleanup_old_queue_items());
  delete from lead_sync_private.rate_slot r
  where r.next_at < clock_timestamp() - interval '1 hour';
  with gone as (
    delete from lead_sync_private.create_intent i
    where i.created_at < clock_timestamp() - interval '1 day'
      and not exists (select from public.lead_sync_queue q
        where q.conversation_id = i.conversation_id and q.status in ('pending', 'processing'))
    returning 1
  )
  select v_result || jsonb_build_object('create_intents', count(*)) into v_result from gone;
  return v_result;
end
$fn$;
revoke all on function lead_sync.run_maintenance() from public;
grant execute on function lead_sync.run_maintenance() to lead_sync_runner;
comment on function lead_sync.run_maintenance() is
'Move one batch each of what has aged into the archives. Whoever gets the advisory lock works, the
others return at once.
Returns: how many rows were moved, by kind; {} where another session is at it.
Writes: the archives and their sources, create_intent, rate_slot.';
