-- The archive functions' scans use an index, however much else the tables hold.
begin;
select plan(3);

create function pg_temp.plan_of(p_query text) returns text
language plpgsql
as $$
declare
  v_line text;
  v_plan text := '';
begin
  for v_line in execute 'explain (costs off) ' || p_query loop
    v_plan := v_plan || v_line || e'\n';
  end loop;
  return v_plan;
end
$$;

insert into public.lead_sync_log (sync_direction, sync_status, sync_type, created_at)
select 'to_resman', 'success', 'update', now() - n * interval '1 minute'
from generate_series(1, 20000) as n;
insert into public.lead_sync_conflicts (conflict_type, resolution_status, resolved_at)
select 'data_conflict', 'auto_resolved', now() - n * interval '1 minute'
from generate_series(1, 20000) as n;
insert into public.lead_sync_queue
  (sync_operation, sync_data, status, processed_at, property_id)
select 'pull', '{}', 'completed', now() - n * interval '1 minute', gen_random_uuid()
from generate_series(1, 20000) as n;
analyze public.lead_sync_log, public.lead_sync_conflicts, public.lead_sync_queue;

select matches(pg_temp.plan_of(
  $$select id from public.lead_sync_log where created_at < now() - interval '1 day'
    order by created_at limit 10000 for update skip locked$$),
  'Index Scan using idx_lead_sync_log_created', 'archive_old_sync_logs');
select matches(pg_temp.plan_of(
  $$select id from public.lead_sync_conflicts
    where resolution_status in ('resolved', 'auto_resolved')
      and coalesce(resolved_at, updated_at) < now() - interval '1 day'
    order by coalesce(resolved_at, updated_at) limit 1000 for update skip locked$$),
  'Index Scan using idx_lead_sync_conflicts_closed', 'archive_resolved_conflicts');
select matches(pg_temp.plan_of(
  $$select id from public.lead_sync_queue
    where status in ('completed', 'failed', 'cancelled')
      and coalesce(processed_at, updated_at) <= now() - interval '1 day'
    order by coalesce(processed_at, updated_at) limit 1000 for update skip locked$$),
  'Index Scan using idx_lead_sync_queue_ended', 'cleanup_old_queue_items');

select * from finish();
rollback;
