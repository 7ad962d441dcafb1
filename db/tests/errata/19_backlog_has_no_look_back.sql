-- The specification's queue views look back 24 hours: an item stuck for two days is invisible.
begin;
\i db/tests/support/fixtures.psql
select plan(3);

create temporary table given as select pg_temp.given_property() as property_id;
insert into public.lead_sync_queue (conversation_id, sync_operation, sync_data, created_at)
select pg_temp.given_conversation(null, property_id), 'push', '{}', now() - interval '2 days'
from given;

select is_empty('select * from public.queue_performance_metrics',
  'the view of the specification looks back 24 hours still');
select has_view('lead_sync', 'queue_backlog', 'there is a view without look-back');
select results_eq(
  $$select sync_operation::text, status::text, items, oldest_age
    from lead_sync.queue_backlog join given using (property_id)$$,
  $$values ('push', 'pending', 1::bigint, interval '2 days')$$,
  'it shows what has been stuck for two days');

select * from finish();
rollback;
