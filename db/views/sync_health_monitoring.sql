create or replace view public.sync_health_monitoring as
select health.metric, health.count, health.last_occurrence
from (
  select
    'sync_failures'::text as metric,
    count(*) as count,
    max(l.created_at) as last_occurrence
  from public.lead_sync_log l
  where l.sync_status = 'failed' and l.created_at >= now() - interval '1 hour'
  union all
  select 'pending_conflicts'::text, count(*), max(c.created_at)
  from public.lead_sync_conflicts c
  where c.resolution_status = 'pending'
  union all
  select 'queue_backlog'::text, count(*), max(q.created_at)
  from public.lead_sync_queue q
  where q.status = 'pending'
) as health
where pg_has_role('lead_sync_monitor', 'USAGE') or pg_has_role('lead_sync_owner', 'USAGE');
alter view public.sync_health_monitoring owner to lead_sync_owner;
revoke all on public.sync_health_monitoring from public;
grant select on public.sync_health_monitoring to lead_sync_monitor;
comment on view public.sync_health_monitoring is
  'Three counts: failures of the last hour, pending conflicts, pending items. Rows for '
  'members of lead_sync_monitor alone, whoever else was granted the view.';
comment on column public.sync_health_monitoring.metric is
  'sync_failures, pending_conflicts or queue_backlog.';
comment on column public.sync_health_monitoring.count is 'How many.';
comment on column public.sync_health_monitoring.last_occurrence is
  'The latest of them; null without any.';
