create or replace function lead_sync_private.queue_due_pulls(p_limit integer)
returns integer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $fn$
declare
  v_row record;
  v_now timestamptz := clock_timestamp();
  v_count integer := 0;
begin
  for v_row in
    select i.property_id, i.sync_frequency
    from public.resman_integration i
    left join lead_sync_private.pull_state s on s.property_id = i.property_id
    where i.sync_enabled and i.sync_status = 'active' and i.sync_direction <> 'to_resman'
      -- one begun ahead of the clock: it has stepped back
      and (s.due_at is null or s.due_at <= v_now or s.started_at > v_now)
    order by s.due_at nulls first
    limit p_limit
  loop
    if not exists (
        select from public.lead_sync_queue q
        where q.property_id = v_row.property_id and q.sync_operation = 'pull'
          and q.status in ('pending', 'processing') and not q.sync_data ?| array['lead_id', 'reconcile']) then
      perform lead_sync_private.queue_pull(v_row.property_id, 2, '{}');
      v_count := v_count + 1;
    end if;
    insert into lead_sync_private.pull_state as s (property_id, read_until, started_at, due_at)
    values (v_row.property_id, lead_sync_private.pull_start(v_row.property_id), v_now,
      lead_sync_private.next_pull(v_row.property_id, v_row.sync_frequency, v_now))
    on conflict on constraint pk_pull_state do update
      set started_at = excluded.started_at, due_at = excluded.due_at;
  end loop;
  return v_count;
end
$fn$;
revoke all on function lead_sync_private.queue_due_pulls(integer) from public;
comment on function lead_sync_private.queue_due_pulls(integer) is
'Queue a pull for each property whose turn has come, and say when the next is due.
Returns: how many were queued. Writes: lead_sync_queue, pull_state.';
