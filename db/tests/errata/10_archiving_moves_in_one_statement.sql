-- The specification archives with an INSERT … SELECT and then a DELETE with the same predicate:
-- a row that turns eligible between the two is deleted without having been archived. A
-- statement trigger on each archive stands for the session that commits at that moment.
begin;
\i db/tests/support/fixtures.psql
select plan(6);

create temporary table given as
select pg_temp.given_conversation(null, pg_temp.given_property()) as conversation_id;

insert into public.lead_sync_log
  (resman_lead_id, sync_direction, sync_status, sync_type, created_at)
values ('old', 'to_resman', 'success', 'update', now() - interval '91 days'),
       ('late', 'to_resman', 'success', 'update', now());
insert into public.lead_sync_conflicts
  (resman_lead_id, conflict_type, resolution_status, resolved_at)
values ('old', 'data_conflict', 'resolved', now() - interval '31 days'),
       ('late', 'data_conflict', 'pending', now() - interval '31 days');
insert into public.lead_sync_queue
  (conversation_id, resman_lead_id, sync_operation, sync_data, status, processed_at,
   created_at, updated_at)
select conversation_id, v.lead, 'push', '{}', v.status, now() - interval '8 days',
       now() - interval '8 days', now() - interval '8 days'
from given, (values ('old', 'completed'), ('late', 'pending')) as v(lead, status);

create function pg_temp.meanwhile() returns trigger
language plpgsql
as $$
begin
  if tg_relid = 'public.lead_sync_log_archive'::regclass then
    update public.lead_sync_log set created_at = now() - interval '92 days'
    where resman_lead_id = 'late';
  elsif tg_relid = 'public.lead_sync_conflicts_archive'::regclass then
    update public.lead_sync_conflicts set resolution_status = 'resolved'
    where resman_lead_id = 'late';
  else
    update public.lead_sync_queue set status = 'cancelled' where resman_lead_id = 'late';
  end if;
  return null;
end
$$;
create trigger meanwhile after insert on public.lead_sync_log_archive
  for each statement execute function pg_temp.meanwhile();
create trigger meanwhile after insert on public.lead_sync_conflicts_archive
  for each statement execute function pg_temp.meanwhile();
create trigger meanwhile after insert on public.lead_sync_queue_archive
  for each statement execute function pg_temp.meanwhile();

select lives_ok('select public.archive_old_sync_logs()', 'logs are archived');
select results_eq(
  $$select 'archive', resman_lead_id::text from public.lead_sync_log_archive
    union all select 'table', resman_lead_id::text from public.lead_sync_log
    where resman_lead_id in ('old', 'late') order by 1$$,
  $$values ('archive', 'old'), ('table', 'late')$$,
  'a log row that turns eligible meanwhile is not lost');

select lives_ok('select public.archive_resolved_conflicts()', 'conflicts are archived');
select results_eq(
  $$select 'archive', resman_lead_id::text from public.lead_sync_conflicts_archive
    union all select 'table', resman_lead_id::text from public.lead_sync_conflicts order by 1$$,
  $$values ('archive', 'old'), ('table', 'late')$$,
  'a conflict that is resolved meanwhile is not lost');

select lives_ok('select public.cleanup_old_queue_items()', 'queue items are archived');
select results_eq(
  $$select 'archive', resman_lead_id::text from public.lead_sync_queue_archive
    union all select 'table', resman_lead_id::text from public.lead_sync_queue order by 1$$,
  $$values ('archive', 'old'), ('table', 'late')$$,
  'an item that ends meanwhile is not lost');

select * from finish();
rollback;
