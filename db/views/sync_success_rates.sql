create or replace view public.sync_success_rates as
select
  l.property_id,
  l.sync_direction,
  l.sync_type,
  count(*) as total_operations,
  count(*) filter (where l.sync_status = 'success') as successful_operations,
  round(count(*) filter (where l.sync_status = 'success')::numeric / count(*) * 100, 2)
    as success_rate,
  avg(l.processing_time_ms) as avg_processing_time,
  max(l.created_at) as last_operation
from public.lead_sync_log l
where l.created_at >= now() - interval '24 hours'
  and (pg_has_role('lead_sync_monitor', 'USAGE') or pg_has_role('lead_sync_owner', 'USAGE'))
group by l.property_id, l.sync_direction, l.sync_type;
alter view public.sync_success_rates owner to lead_sync_owner;
revoke all on public.sync_success_rates from public;
grant select on public.sync_success_rates to lead_sync_monitor;
comment on view public.sync_success_rates is
  'Success rates of the last 24 hours by property, direction and type. Rows for members of '
  'lead_sync_monitor alone, whoever else was granted the view.';
comment on column public.sync_success_rates.property_id is 'DomIQ''s property.';
comment on column public.sync_success_rates.sync_direction is 'Which way data went.';
comment on column public.sync_success_rates.sync_type is 'What was done.';
comment on column public.sync_success_rates.total_operations is
  'Ended attempts, retries included.';
comment on column public.sync_success_rates.successful_operations is
  'Those that ended with success.';
comment on column public.sync_success_rates.success_rate is 'Successful of all, in percent.';
comment on column public.sync_success_rates.avg_processing_time is
  'Mean time from claim to end, in milliseconds.';
comment on column public.sync_success_rates.last_operation is 'When the latest attempt ended.';
