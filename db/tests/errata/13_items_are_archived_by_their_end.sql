-- The specification's cleanup_old_queue_items goes by created_at: an item that retried for a
-- week is archived the moment it ends.
begin;
select plan(2);

insert into public.lead_sync_queue
  (resman_lead_id, sync_operation, sync_data, status, created_at, processed_at, updated_at)
values
  ('just ended', 'pull', '{}', 'completed', now() - interval '20 days', now(), now()),
  ('just cancelled', 'pull', '{}', 'cancelled', now() - interval '20 days', null, now()),
  ('ended a week ago', 'pull', '{}', 'failed', now() - interval '20 days',
   now() - interval '7 days', now() - interval '7 days'),
  ('cancelled a week ago', 'pull', '{}', 'cancelled', now() - interval '20 days', null,
   now() - interval '7 days');
do 'begin perform public.cleanup_old_queue_items(); end';

select results_eq(
  'select resman_lead_id::text from public.lead_sync_queue order by 1',
  $$values ('just cancelled'), ('just ended')$$,
  'what ended less than seven days ago stays, whenever it was queued');
select results_eq(
  'select resman_lead_id::text from public.lead_sync_queue_archive order by 1',
  $$values ('cancelled a week ago'), ('ended a week ago')$$,
  'what ended seven days ago is archived');

select * from finish();
rollback;
