create or replace function lead_sync_private.check_queue()
returns table (check_name text, severity text, finding text, remedy text)
language sql stable
set search_path = pg_catalog, pg_temp
as $fn$
  with edge as (
    select clock_timestamp() as at, clock_timestamp() - interval '10 minutes' as long_ago
  ), due as (
    select count(*) as items,
      min(greatest(coalesce(q.next_retry_at, q.created_at), i.updated_at)) as since
    from edge e, public.lead_sync_queue q
    join public.resman_integration i on i.property_id = q.property_id
    where q.status = 'pending' and i.sync_enabled and i.sync_status = 'active'
      and coalesce(q.next_retry_at, q.created_at) < e.long_ago and i.updated_at < e.long_ago
      and q.created_at < lead_sync_private.due_before(i.sync_frequency, i.property_id, e.at)
  )
  select 'runners', 'failed',
    format('%s items are due since %s, and no runner has done anything for ten minutes',
      d.items, to_char(d.since, 'YYYY-MM-DD HH24:MI')),
    'leadsync run; if one runs, its log says what hinders it'
  from edge e, due d
  where d.items > 0
    and not exists (select from public.lead_sync_queue q
                    where q.status = 'processing' and q.lease_until > e.at)
    and not exists (select from public.lead_sync_log l where l.created_at > e.long_ago)
    and not exists (
      select from public.lead_sync_queue q
      where q.status in ('completed', 'failed', 'cancelled') and q.lease_started_at > e.long_ago
        and coalesce(q.processed_at, q.updated_at) > e.long_ago)
  union all
  select 'runners', 'failed',
    format('%s leases have expired, the first at %s, and no runner has taken the items back',
      count(*), to_char(min(q.lease_until), 'YYYY-MM-DD HH24:MI')),
    'leadsync run; any runner rescues them'
  from edge e, public.lead_sync_queue q
  where q.status = 'processing' and q.lease_until < e.at - interval '5 minutes'
  having count(*) > 0
  union all
  select 'integrations', 'warning',
    format('property %s is %s%s', i.property_id, i.sync_status,
      coalesce(': ' || left(i.status_reason, 200), '')),
    case i.sync_status when 'disconnected'
      then format('leadsync credentials set %s ...', i.property_id)
      else format('leadsync integration test %s', i.property_id) end
  from public.resman_integration i
  where i.sync_enabled and i.sync_status in ('disconnected', 'error');
$fn$;
revoke all on function lead_sync_private.check_queue() from public;
comment on function lead_sync_private.check_queue() is
'Find out whether runners are at work: items long due with nothing done, leases expired and not
rescued, properties that are not reached.
Returns: the findings.';
