create or replace function lead_sync_private.queue_due_summaries(p_limit integer)
returns integer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
set enable_hashjoin = off
set enable_mergejoin = off
as $fn$
declare
  v_ids uuid[];
begin
  v_ids := array(
    select d.conversation_id from lead_sync_private.summary_due d
    where d.due_at <= clock_timestamp()
    order by d.due_at limit p_limit
    for update skip locked);
  -- chats that have ended since they were noted: few wait, and of many the next ones are looked at
  v_ids := v_ids || array(
    select d.conversation_id from lead_sync_private.summary_due d
    join public.conversation c on c.id = d.conversation_id
    where c.end_time <= clock_timestamp()
      and d.conversation_id = any (array(
        select w.conversation_id from lead_sync_private.summary_due w
        where w.due_at > clock_timestamp()
        order by w.due_at limit p_limit))
    for update of d skip locked);
  delete from lead_sync_private.summary_due d where d.conversation_id = any (v_ids);
  perform lead_sync_private.capture_conversations(v_ids, 'enrichment', 1, 'SCHEDULE', false);
  return cardinality(v_ids);
end
$fn$;
revoke all on function lead_sync_private.queue_due_summaries(integer) from public;
comment on function lead_sync_private.queue_due_summaries(integer) is
'Queue an enrichment for conversations whose chat has ended or been quiet for long enough since their
summary was noted. One that goes on meanwhile is noted again when its item ends.
Returns: how many were queued.
Locks: as capture_conversations. Writes: summary_due, lead_sync_queue.
Notifies: lead_sync_ready, while a runner sleeps.';
