create or replace function lead_sync.purge_archive(p_before timestamptz) returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $fn$
declare
  v_purged bigint;
begin
  if p_before is null then
    raise exception using errcode = 'LS001', message = 'invalid time',
      detail = 'p_before must be a time.';
  end if;

  with logs as (
    delete from public.lead_sync_log_archive a where a.archived_at < p_before returning 1
  ), conflicts as (
    delete from public.lead_sync_conflicts_archive a where a.archived_at < p_before returning 1
  ), items as (
    delete from public.lead_sync_queue_archive a where a.archived_at < p_before returning 1
  )
  select (select count(*) from logs) + (select count(*) from conflicts)
       + (select count(*) from items)
  into v_purged;
  return v_purged;
end
$fn$;
revoke all on function lead_sync.purge_archive(timestamptz) from public;
grant execute on function lead_sync.purge_archive(timestamptz) to lead_sync_service;
comment on function lead_sync.purge_archive(timestamptz) is
'Delete for good what was archived before p_before, from all three archives.
Returns: how many rows were deleted.
Raises: LS001.
Locks: the rows deleted.
Writes: lead_sync_log_archive, lead_sync_conflicts_archive, lead_sync_queue_archive.';
