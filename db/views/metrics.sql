create or replace view lead_sync.metrics as
with health as (
  select t.* from lead_sync.table_health t
)
-- what waits and what is dead
select m.metric, q.labels, m.value, m.kind, m.help
from (
  select jsonb_build_object('operation', x.sync_operation, 'status', x.status) as labels,
    count(*) as items, extract(epoch from now() - min(x.created_at)) as age
  from public.lead_sync_queue x
  where x.status in ('pending', 'failed')
  group by x.sync_operation, x.status
) as q
cross join lateral (values
  ('leadsync_items', q.items::double precision, 'gauge',
    'Items that wait (pending), are in flight (processing) or are dead letters (failed).'),
  ('leadsync_items_oldest_seconds', q.age::double precision, 'gauge',
    'How long ago the oldest of them was queued.')
) as m(metric, value, kind, help)
union all
-- what is in flight
select m.metric, m.labels, m.value, m.kind, m.help
from (
  select x.sync_operation, grouping(x.sync_operation) = 1 as all_of_them, count(*) as items,
    extract(epoch from now() - min(x.created_at)) as age,
    count(*) filter (where x.lease_until < clock_timestamp()) as expired,
    count(distinct x.runner_id) as runners
  from public.lead_sync_queue x
  where x.status = 'processing'
  group by grouping sets ((x.sync_operation), ())
) as q
cross join lateral (values
  ('leadsync_items', not q.all_of_them,
    jsonb_build_object('operation', q.sync_operation, 'status', 'processing'),
    q.items::double precision, 'gauge',
    'Items that wait (pending), are in flight (processing) or are dead letters (failed).'),
  ('leadsync_items_oldest_seconds', not q.all_of_them,
    jsonb_build_object('operation', q.sync_operation, 'status', 'processing'),
    q.age::double precision, 'gauge', 'How long ago the oldest of them was queued.'),
  ('leadsync_expired_leases', q.all_of_them, '{}', q.expired::double precision, 'gauge',
    'Items in flight whose lease has run out and that nobody has rescued yet.'),
  ('leadsync_busy_runners', q.all_of_them, '{}', q.runners::double precision, 'gauge',
    'Runners that hold items.')
) as m(metric, wanted, labels, value, kind, help)
where m.wanted
union all
select 'leadsync_items_queued_total', '{}',
  case when s.is_called then s.last_value else 0 end::double precision, 'counter',
  'Items that were ever queued.'
from public.lead_sync_queue_seq_seq s
union all
select 'leadsync_claims_total', '{}',
  case when s.is_called then s.last_value else 0 end::double precision, 'counter',
  'Claims: an item counts as often as it was claimed.'
from lead_sync_private.claim_number s
union all
select 'leadsync_attempts_last_hour',
  jsonb_build_object('direction', l.sync_direction, 'outcome', l.sync_status),
  count(*)::double precision, 'gauge', 'Log entries of the last hour.'
from public.lead_sync_log l
where l.created_at >= now() - interval '1 hour'
group by l.sync_direction, l.sync_status
union all
select 'leadsync_open_conflicts', jsonb_build_object('severity', c.conflict_severity),
  count(*)::double precision, 'gauge', 'Conflicts that wait for a person.'
from public.lead_sync_conflicts c
where c.resolution_status in ('pending', 'manual_review')
group by c.conflict_severity
union all
select 'leadsync_properties',
  jsonb_build_object('status', case when i.sync_enabled then i.sync_status else 'off' end),
  count(*)::double precision, 'gauge',
  'Integrations: active, paused, error (breaker open), disconnected, or switched off.'
from public.resman_integration i
group by case when i.sync_enabled then i.sync_status else 'off' end
union all
select 'leadsync_pull_lag_seconds', '{}',
  coalesce(max(extract(epoch from now() - p.read_until)), 0)::double precision, 'gauge',
  'How far back the pulls of the active property that is furthest behind have come.'
from lead_sync_private.pull_state p
join public.resman_integration i on i.property_id = p.property_id
where i.sync_enabled and i.sync_status in ('active', 'error')
  and i.sync_direction <> 'to_resman'
union all
select 'leadsync_pulled_leads_waiting', '{}', count(*)::double precision, 'gauge',
  'Leads that a pull has read and that are still to be applied.'
from lead_sync_private.pulled_lead
union all
select m.metric, jsonb_build_object('table', t.relation), m.value, 'gauge', m.help
from health t
cross join lateral (values
  ('leadsync_table_live_rows', t.live_rows::double precision, 'Rows, by the statistics.'),
  ('leadsync_table_dead_rows', t.dead_rows::double precision,
    'Dead rows that wait for a vacuum, by the statistics.'),
  ('leadsync_table_bytes', (t.table_bytes + t.index_bytes)::double precision,
    'Size with the indexes.'),
  ('leadsync_table_frozen_age', t.frozen_age::double precision,
    'Transactions since the oldest that the table''s rows may still name.')
) as m(metric, value, help)
-- those that grow
where t.relation like 'public.%'
   or t.relation in ('lead_sync_private.field_change', 'lead_sync_private.lead_event')
union all
select 'leadsync_held_transactions', '{}', coalesce(max(t.held_age), 0)::double precision,
  'gauge', 'Transactions since the oldest snapshot that keeps vacuums from clearing away.'
from health t;
alter view lead_sync.metrics owner to lead_sync_owner;
revoke all on lead_sync.metrics from public;
grant select on lead_sync.metrics to lead_sync_monitor;
comment on view lead_sync.metrics is
'Figures for a collector, such as a query of a Prometheus exporter: a row a figure. Few labels: none
names a property or a person, so that ten thousand properties make no more rows than one.';
comment on column lead_sync.metrics.metric is 'Its name; units are in the name.';
comment on column lead_sync.metrics.labels is 'What it is about, one text a label.';
comment on column lead_sync.metrics.value is 'The figure.';
comment on column lead_sync.metrics.kind is
  'gauge; counter: never falls, but for a restored or newly made database.';
comment on column lead_sync.metrics.help is 'What it says.';
