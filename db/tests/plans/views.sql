-- The plans of the monitoring views among much: an index where one serves, at most one pass
-- over what a table has in the view's window, no sort of its rows.
begin;
select plan(23);
\i db/tests/support/plans.psql
select pg_temp.given_installation(1, 20000);
analyze;

create temporary table planned as
select v.name, pg_temp.view_plan(v.name::regclass) as plan, v.wanted
from (values
  ('public.property_sync_status',
    'conversation_pkey, idx_lead_sync_conflicts_status, idx_lead_sync_queue_next_retry'),
  ('public.conflict_resolution_stats', 'all of lead_sync_conflicts'),
  ('public.queue_performance_metrics',
    'idx_lead_sync_queue_created'),
  ('public.sync_health_monitoring', 'idx_lead_sync_conflicts_status, '
    'idx_lead_sync_log_status_created, whole idx_lead_sync_queue_next_retry'),
  ('public.sync_success_rates', 'idx_lead_sync_log_created'),
  ('lead_sync.queue_backlog',
    'idx_lead_sync_queue_next_retry, whole idx_lead_sync_queue_busy or '
    'idx_lead_sync_queue_next_retry, whole idx_lead_sync_queue_lease or '
    'idx_lead_sync_queue_next_retry, whole uq_lead_sync_queue_lease_token'),
  ('lead_sync.dead_letters', 'conversation_pkey, idx_lead_sync_queue_status_priority'),
  ('lead_sync.open_conflicts', 'conversation_pkey, idx_lead_sync_conflicts_status'),
  ('lead_sync.drift', 'all of lead_sync_mapping'),
  ('lead_sync.table_health', 'nothing'),
  ('lead_sync.metrics', 'idx_lead_sync_conflicts_status, idx_lead_sync_log_created, '
    'idx_lead_sync_queue_status_priority, whole idx_lead_sync_queue_lease')) as v(name, wanted);
select set_eq(
  $$select v.oid::regclass::text from pg_class v
    where v.relkind = 'v'
      and v.relnamespace in ('public'::regnamespace, 'lead_sync'::regnamespace)
      and has_table_privilege('lead_sync_monitor', v.oid, 'select')$$,
  $$select name::regclass::text from planned$$,
  'all views of the monitoring role are looked at');

select is(s.found, pg_temp.expected(s.found, p.wanted), p.name)
from planned p, lateral (select pg_temp.summary_of(p.plan) as found) as s order by p.name;
select ok(
  (select max(pg_temp.passes_of(p.plan, t))
   from unnest(array['lead_sync_queue', 'lead_sync_log', 'lead_sync_conflicts',
     'lead_sync_mapping']) as t) <= 1,
  p.name || ' reads no row of a table twice')
from planned p order by p.name;

select * from finish();
rollback;
