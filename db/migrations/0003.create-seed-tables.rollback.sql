-- Under plain yoyo: a request for a lock that waits makes DomIQ wait behind it.
select set_config('lock_timeout', '200ms', true) where current_setting('lock_timeout') = '0';

drop view if exists
  public.sync_success_rates,
  public.conflict_resolution_stats,
  public.queue_performance_metrics,
  public.property_sync_status,
  public.sync_health_monitoring,
  lead_sync.queue_backlog,
  lead_sync.dead_letters,
  lead_sync.open_conflicts;
drop table public.lead_sync_mapping;
drop table public.lead_sync_conflicts;
drop table public.lead_sync_queue;
drop table public.lead_sync_log;
drop table public.resman_integration;
