create or replace function public.cleanup_old_queue_items(
  p_retention interval default '7 days',
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
    delete from public.lead_sync_queue q
    where q.id = any (array(
      select due.id
      from public.lead_sync_queue due
      where due.status in ('completed', 'failed', 'cancelled')
        and coalesce(due.processed_at, due.updated_at) <= now() - p_retention
      order by coalesce(due.processed_at, due.updated_at)
      limit p_batch
      for update skip locked
    ))
    returning
      q.id, q.conversation_id, q.resman_lead_id, q.sync_operation, q.sync_data, q.priority,
      q.retry_count, q.max_retries, q.next_retry_at, q.status, q.error_message,
      q.processed_at, q.created_at, q.updated_at, q.seq, q.property_id, q.error_code,
      q.attempt, q.lane, q.lease_token, q.lease_until, q.lease_started_at, q.lease_length,
      q.claim_number, q.runner_id, q.state, q.folded_into, q.owed
  ), kept as (
    insert into public.lead_sync_queue_archive (
      id, conversation_id, resman_lead_id, sync_operation, sync_data, priority, retry_count,
      max_retries, next_retry_at, status, error_message, processed_at, created_at, updated_at,
      seq, property_id, error_code, attempt, lane, lease_token, lease_until, lease_started_at,
      lease_length, claim_number, runner_id, state, folded_into, owed
    )
    select
      m.id, m.conversation_id, m.resman_lead_id, m.sync_operation, m.sync_data, m.priority,
      m.retry_count, m.max_retries, m.next_retry_at, m.status, m.error_message,
      m.processed_at, m.created_at, m.updated_at, m.seq, m.property_id, m.error_code,
      m.attempt, m.lane, m.lease_token, m.lease_until, m.lease_started_at, m.lease_length,
      m.claim_number, m.runner_id, m.state, m.folded_into, m.owed
    from moved m
    returning 1
  )
  select count(*) into v_moved from kept;
  return v_moved;
end
$fn$;
revoke all on function public.cleanup_old_queue_items(interval, int) from public;
grant execute on function public.cleanup_old_queue_items(interval, int) to lead_sync_service;
comment on function public.cleanup_old_queue_items(interval, int) is
'Move ended queue items into the archive, those that ended longest ago first, one batch a call.
Takes completed, failed and cancelled ones, p_retention after they ended, however long they ran.
Returns: how many rows were moved; p_batch where more may wait.
Raises: LS001.
Locks: the rows moved; rows that somebody else holds are left for the next call.
Writes: lead_sync_queue, lead_sync_queue_archive.';

create or replace function lead_sync.cleanup_old_queue_items(
  p_retention interval default '7 days',
  p_batch int default 10000
) returns bigint
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $fn$
  select public.cleanup_old_queue_items(p_retention, p_batch);
$fn$;
revoke all on function lead_sync.cleanup_old_queue_items(interval, int) from public;
grant execute on function lead_sync.cleanup_old_queue_items(interval, int) to lead_sync_service;
comment on function lead_sync.cleanup_old_queue_items(interval, int) is
'Call public.cleanup_old_queue_items: the same function under the interface''s schema.
Returns: how many rows were moved.
Raises: LS001.';
