create or replace function lead_sync.run_schedule()
returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '500ms'
as $fn$
begin
  if not pg_try_advisory_xact_lock(7813528840112739846) then
    return 0;
  end if;
  return lead_sync_private.mend_clock()
    + lead_sync_private.mark_owed()
    + lead_sync_private.queue_due_pulls(100)
    + lead_sync_private.queue_due_summaries(1000)
    + lead_sync_private.raise_severities(100)
    + lead_sync.apply_pulled();
end
$fn$;
revoke all on function lead_sync.run_schedule() from public;
grant execute on function lead_sync.run_schedule() to lead_sync_runner;
comment on function lead_sync.run_schedule() is
'Do what is due by the clock: mend what a step of the clock has put wrong, queue the pulls whose turn
has come and the summaries of chats that are over, apply leads that pulls have left, raise the
severity of conflicts that stay open, mark the conversations of dead letters. Whoever gets the
advisory lock works, the others return at once.
Returns: how many things were done.
Locks: DomIQ''s rows only if they can be had at once.
Writes: lead_sync_queue, lead_sync_conflicts, conversation, pull_state, summary_due; as a pull.';
