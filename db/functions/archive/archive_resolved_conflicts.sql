create or replace function public.archive_resolved_conflicts(
  p_retention interval default '30 days',
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
    delete from public.lead_sync_conflicts c
    where c.id = any (array(
      select due.id
      from public.lead_sync_conflicts due
      where due.resolution_status in ('resolved', 'auto_resolved')
        and coalesce(due.resolved_at, due.updated_at) < now() - p_retention
      order by coalesce(due.resolved_at, due.updated_at)
      limit p_batch
      for update skip locked
    ))
    returning
      c.id, c.conversation_id, c.resman_lead_id, c.conflict_type, c.conflict_field,
      c.resman_value, c.domiq_value, c.conflict_severity, c.resolution_status,
      c.resolution_strategy, c.resolved_value, c.resolved_by, c.resolved_at, c.notes,
      c.created_at, c.updated_at, c.property_id, c.mapping_id, c.item_id, c.base_value,
      c.policy, c.winner, c.loser_value, c.last_seen_at, c.times_seen, c.explanation
  ), kept as (
    insert into public.lead_sync_conflicts_archive (
      id, conversation_id, resman_lead_id, conflict_type, conflict_field, resman_value,
      domiq_value, conflict_severity, resolution_status, resolution_strategy, resolved_value,
      resolved_by, resolved_at, notes, created_at, updated_at, property_id, mapping_id,
      item_id, base_value, policy, winner, loser_value, last_seen_at, times_seen, explanation
    )
    select
      m.id, m.conversation_id, m.resman_lead_id, m.conflict_type, m.conflict_field,
      m.resman_value, m.domiq_value, m.conflict_severity, m.resolution_status,
      m.resolution_strategy, m.resolved_value, m.resolved_by, m.resolved_at, m.notes,
      m.created_at, m.updated_at, m.property_id, m.mapping_id, m.item_id, m.base_value,
      m.policy, m.winner, m.loser_value, m.last_seen_at, m.times_seen, m.explanation
    from moved m
    returning 1
  )
  select count(*) into v_moved from kept;
  return v_moved;
end
$fn$;
revoke all on function public.archive_resolved_conflicts(interval, int) from public;
grant execute on function public.archive_resolved_conflicts(interval, int) to lead_sync_service;
comment on function public.archive_resolved_conflicts(interval, int) is
'Move closed conflicts into the archive, those closed longest ago first, one batch a call.
Takes resolved and auto_resolved ones, p_retention after they were closed. Open ones stay.
Returns: how many rows were moved; p_batch where more may wait.
Raises: LS001.
Locks: the rows moved; rows that somebody else holds are left for the next call.
Writes: lead_sync_conflicts, lead_sync_conflicts_archive.';

create or replace function lead_sync.archive_resolved_conflicts(
  p_retention interval default '30 days',
  p_batch int default 10000
) returns bigint
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $fn$
  select public.archive_resolved_conflicts(p_retention, p_batch);
$fn$;
revoke all on function lead_sync.archive_resolved_conflicts(interval, int) from public;
grant execute on function lead_sync.archive_resolved_conflicts(interval, int)
  to lead_sync_service;
comment on function lead_sync.archive_resolved_conflicts(interval, int) is
'Call public.archive_resolved_conflicts: the same function under the interface''s schema.
Returns: how many rows were moved.
Raises: LS001.';
