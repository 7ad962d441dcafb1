create or replace view public.conflict_resolution_stats as
select
  c.conflict_type,
  c.conflict_severity,
  c.resolution_status,
  count(*) as total_conflicts,
  count(*) filter (where c.resolution_status in ('resolved', 'auto_resolved'))
    as resolved_conflicts,
  -- once a group: extracted from every row it took longer than the rows' reading
  extract(epoch from avg(c.resolved_at - c.created_at)) / 3600 as avg_resolution_hours
from public.lead_sync_conflicts c
where c.created_at >= now() - interval '30 days'
  and (pg_has_role('lead_sync_monitor', 'USAGE') or pg_has_role('lead_sync_owner', 'USAGE'))
group by c.conflict_type, c.conflict_severity, c.resolution_status;
alter view public.conflict_resolution_stats owner to lead_sync_owner;
revoke all on public.conflict_resolution_stats from public;
grant select on public.conflict_resolution_stats to lead_sync_monitor;
comment on view public.conflict_resolution_stats is
  'Conflicts found in the last 30 days by type, severity and resolution status. Rows for '
  'members of lead_sync_monitor alone, whoever else was granted the view.';
comment on column public.conflict_resolution_stats.conflict_type is 'The type of conflict.';
comment on column public.conflict_resolution_stats.conflict_severity is
  'How urgent a person''s look is.';
comment on column public.conflict_resolution_stats.resolution_status is 'Where it stands.';
comment on column public.conflict_resolution_stats.total_conflicts is 'Conflicts of the group.';
comment on column public.conflict_resolution_stats.resolved_conflicts is
  'Those closed, by a person or automatically.';
comment on column public.conflict_resolution_stats.avg_resolution_hours is
  'Mean time from finding to resolution, in hours.';
