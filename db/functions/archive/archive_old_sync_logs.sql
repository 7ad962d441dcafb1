create or replace function public.archive_old_sync_logs(
  p_retention interval default '90 days',
  p_batch int default 10000
) returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
as $fn$
declare
  v_moved bigint;
begin
  if p_retention is null or p_retention < interval '0' then
    raise exception using errcode = 'LS001', message = 'invalid retention',
      detail = 'p_retention must be an interval that is not negative.';
  end if;
  if p_batch is null or p_batch < 1 then
    raise exception using errcode = 'LS001', message = 'invalid batch',
      detail = 'p_batch must be 1 or more.';
  end if;

  -- One statement: what is deleted is what is kept, whatever others commit meanwhile.
  with moved as (
    delete from public.lead_sync_log l
    where l.id = any (array(
      select due.id
      from public.lead_sync_log due
      where due.created_at < now() - p_retention
      order by due.created_at
      limit p_batch
      for update skip locked
    ))
    returning
      l.id, l.conversation_id, l.resman_lead_id, l.sync_direction, l.sync_status, l.sync_type,
      l.sync_data, l.response_data, l.error_message, l.error_code, l.conflict_resolution,
      l.conflict_details, l.retry_count, l.processing_time_ms, l.created_at, l.property_id,
      l.item_id, l.attempt, l.sync_operation
  ), kept as (
    insert into public.lead_sync_log_archive (
      id, conversation_id, resman_lead_id, sync_direction, sync_status, sync_type, sync_data,
      response_data, error_message, error_code, conflict_resolution, conflict_details,
      retry_count, processing_time_ms, created_at, property_id, item_id, attempt,
      sync_operation
    )
    select
      m.id, m.conversation_id, m.resman_lead_id, m.sync_direction, m.sync_status, m.sync_type,
      m.sync_data, m.response_data, m.error_message, m.error_code, m.conflict_resolution,
      m.conflict_details, m.retry_count, m.processing_time_ms, m.created_at, m.property_id,
      m.item_id, m.attempt, m.sync_operation
    from moved m
    returning 1
  )
  select count(*) into v_moved from kept;
  return v_moved;
end
$fn$;
revoke all on function public.archive_old_sync_logs(interval, int) from public;
grant execute on function public.archive_old_sync_logs(interval, int) to lead_sync_service;
comment on function public.archive_old_sync_logs(interval, int) is
'Move log entries older than p_retention into the archive, the oldest first, one batch a call.
Takes entries by created_at.
Returns: how many rows were moved; p_batch where more may wait.
Raises: LS001.
Locks: the rows moved; rows that somebody else holds are left for the next call.
Writes: lead_sync_log, lead_sync_log_archive.';

create or replace function lead_sync.archive_old_sync_logs(
  p_retention interval default '90 days',
  p_batch int default 10000
) returns bigint
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $fn$
  select public.archive_old_sync_logs(p_retention, p_batch);
$fn$;
revoke all on function lead_sync.archive_old_sync_logs(interval, int) from public;
grant execute on function lead_sync.archive_old_sync_logs(interval, int) to lead_sync_service;
comment on function lead_sync.archive_old_sync_logs(interval, int) is
'Call public.archive_old_sync_logs: the same function under the interface''s schema.
Returns: how many rows were moved.
Raises: LS001.';
