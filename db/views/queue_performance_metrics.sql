create or replace view public.queue_performance_metrics as
select
  q.sync_operation,
  q.priority,
  q.status,
  count(*) as queue_items,
  extract(epoch from avg(q.processed_at - q.created_at)) as avg_processing_seconds,
  max(q.retry_count) as max_retries,
  count(*) filter (where q.status = 'failed') as failed_items
from public.lead_sync_queue q
where q.created_at >= now() - interval '24 hours'
  and (pg_has_role('lead_sync_monitor', 'USAGE') or pg_has_role('lead_sync_owner', 'USAGE'))
group by q.sync_operation, q.priority, q.status;
alter view public.queue_performance_metrics owner to lead_sync_owner;
revoke all on public.queue_performance_metrics from public;
grant select on public.queue_performance_metrics to lead_sync_monitor;
comment on view public.queue_performance_metrics is
  'Items queued in the last 24 hours by operation, priority and status; '
  'lead_sync.queue_backlog shows what waits however long. Rows for members of '
  'lead_sync_monitor alone, whoever else was granted the view.';
comment on column public.queue_performance_metrics.sync_operation is 'The operation.';
comment on column public.queue_performance_metrics.priority is '1 low, 2 medium, 3 high.';
comment on column public.queue_performance_metrics.status is 'Where the items stand.';
comment on column public.queue_performance_metrics.queue_items is 'Items of the group.';
comment on column public.queue_performance_metrics.avg_processing_seconds is
  'Mean time from queueing to end, in seconds.';
comment on column public.queue_performance_metrics.max_retries is
  'The greatest retry_count among them.';
comment on column public.queue_performance_metrics.failed_items is 'Those that failed.';
