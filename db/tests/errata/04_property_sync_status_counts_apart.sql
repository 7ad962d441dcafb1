-- The specification's property_sync_status counts two joined tables: 3 items and 2 conflicts
-- read as 6 and 6.
begin;
\i db/tests/support/fixtures.psql
select plan(1);

create temporary table given as select pg_temp.given_property() as property_id;
select pg_temp.given_integration(property_id) from given;
insert into public.lead_sync_queue (conversation_id, sync_operation, sync_data)
select pg_temp.given_conversation(null, g.property_id), 'push', '{}'
from given g, generate_series(1, 3);
insert into public.lead_sync_conflicts (conversation_id, conflict_type, conflict_field)
select pg_temp.given_conversation(null, g.property_id), 'data_conflict', 'email'
from given g, generate_series(1, 2);

select results_eq(
  $$select pending_queue_items, pending_conflicts
    from public.property_sync_status join given using (property_id)$$,
  $$values (3::bigint, 2::bigint)$$,
  '3 items and 2 conflicts read as 3 and 2');

select * from finish();
rollback;
