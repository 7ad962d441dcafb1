-- The specification archives with SELECT *, NOW() into a copy made with LIKE: the pairs break
-- as soon as a column is added to one side, or to both behind archived_at.
begin;
select plan(9);

create function pg_temp.columns_of(p_table text) returns table (name name, type text)
language sql
as $$
  select a.attname, format_type(a.atttypid, a.atttypmod)
  from pg_attribute a
  where a.attrelid = format('public.%I', p_table)::regclass
    and a.attnum > 0 and not a.attisdropped and a.attname <> 'archived_at'
$$;

select set_eq(format('select * from pg_temp.columns_of(%L)', t || '_archive'),
              format('select * from pg_temp.columns_of(%L)', t),
              format('%s and its archive have the same columns', t))
from unnest(array['lead_sync_log', 'lead_sync_conflicts', 'lead_sync_queue']) as t;

alter table public.lead_sync_log add column column_of_tomorrow text;
alter table public.lead_sync_conflicts add column column_of_tomorrow text;
alter table public.lead_sync_queue add column column_of_tomorrow text;
insert into public.lead_sync_log (sync_direction, sync_status, sync_type, created_at)
values ('to_resman', 'success', 'update', now() - interval '91 days');
insert into public.lead_sync_conflicts (conflict_type, resolution_status, resolved_at)
values ('data_conflict', 'resolved', now() - interval '31 days');
insert into public.lead_sync_queue
  (sync_operation, sync_data, status, processed_at, created_at, updated_at)
values ('pull', '{}', 'completed', now() - interval '8 days', now() - interval '8 days',
        now() - interval '8 days');

select lives_ok('select public.archive_old_sync_logs()', 'logs: one column more is no error');
select lives_ok('select public.archive_resolved_conflicts()',
  'conflicts: one column more is no error');
select lives_ok('select public.cleanup_old_queue_items()',
  'queue items: one column more is no error');
select is((select count(*) from public.lead_sync_log_archive), 1::bigint, 'the log row moved');
select is((select count(*) from public.lead_sync_conflicts_archive), 1::bigint,
  'the conflict moved');
select is((select count(*) from public.lead_sync_queue_archive), 1::bigint, 'the item moved');

select * from finish();
rollback;
