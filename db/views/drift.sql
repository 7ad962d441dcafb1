create or replace view lead_sync.drift as
select
  i.property_id,
  coalesce(l.links, 0) as links,
  coalesce(l.verified_last_day, 0) as verified_last_day,
  round(100.0 * l.verified_last_day / l.links, 1) as coverage_percent,
  r.finished_at as last_sweep_at,
  coalesce(f.drift, 0) as drift,
  coalesce(f.missing_in_resman, 0) as missing_in_resman,
  coalesce(f.missing_in_domiq, 0) as missing_in_domiq,
  case
    when l.links is null then 'no links'
    when r.id is null then 'never swept'
    when r.finished_at < now() - interval '2 days' then 'sweep overdue'
    when f.drift + f.missing_in_resman + f.missing_in_domiq > 0 then 'drift'
    else 'in step' end as verdict
from public.resman_integration i
-- one pass over the links, not a look for each property
left join (
  select m.property_id, count(*) as links,
    -- a subselect: of a day, the difference is worked out anew for each row
    count(*) filter (where m.verified_at > (select now() - interval '1 day'))
      as verified_last_day
  from public.lead_sync_mapping m
  where m.mapping_status = 'active'
  group by m.property_id
) as l on l.property_id = i.property_id
left join (
  select distinct on (x.property_id) x.property_id, x.id, x.finished_at
  from lead_sync_private.reconciliation_run x
  where x.finished_at is not null
  order by x.property_id, x.started_at desc
) as r on r.property_id = i.property_id
left join lateral (
  select count(*) filter (where x.class = 'drift' and not x.groups ? 'repaired') as drift,
    count(*) filter (where x.class = 'missing_in_resman') as missing_in_resman,
    count(*) filter (where x.class = 'missing_in_domiq') as missing_in_domiq
  from lead_sync_private.reconciliation_finding x
  where x.run_id = r.id
) as f on true;
revoke all on lead_sync.drift from public;
grant select on lead_sync.drift to lead_sync_monitor;
comment on view lead_sync.drift is
'Shows how far a property''s links are known to be in step: a row an integration.
coverage_percent: links that a read has verified within a day. What was never swept, or not for two
days, is not in step: the verdict says so. No personal data.';
comment on column lead_sync.drift.property_id is 'The property.';
comment on column lead_sync.drift.links is 'Active links.';
comment on column lead_sync.drift.verified_last_day is
  'Links that a read has found in step, or explained, within a day.';
comment on column lead_sync.drift.coverage_percent is 'verified_last_day in a hundred links.';
comment on column lead_sync.drift.last_sweep_at is 'When the last reconciliation ended.';
comment on column lead_sync.drift.drift is
  'Links that it found to differ without a reason, and did not repair.';
comment on column lead_sync.drift.missing_in_resman is 'Links whose lead it did not find.';
comment on column lead_sync.drift.missing_in_domiq is
  'Links whose conversation has no user any more.';
comment on column lead_sync.drift.verdict is
'in step, drift, sweep overdue, never swept, no links.';
