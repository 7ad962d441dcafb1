-- The specification's property_sync_status asks conversation for a property_id that it does not
-- have: the name binds to the outer query, and every property is given every item.
begin;
\i db/tests/support/fixtures.psql
select plan(2);

create temporary table given as
select p.label, p.id, pg_temp.given_integration(p.id) as integration_id
from (values ('busy', pg_temp.given_property()), ('idle', pg_temp.given_property()))
  as p(label, id);
insert into public.lead_sync_queue (conversation_id, sync_operation, sync_data)
select pg_temp.given_conversation(null, g.id), 'push', '{}' from given g where g.label = 'busy';
insert into public.lead_sync_conflicts (conversation_id, conflict_type, conflict_field)
select pg_temp.given_conversation(null, g.id), 'data_conflict', 'email'
from given g where g.label = 'busy';

select results_eq(
  $$select g.label, s.pending_queue_items
    from public.property_sync_status s join given g on g.id = s.property_id order by 1$$,
  $$values ('busy', 1::bigint), ('idle', 0::bigint)$$,
  'an item counts for its own property, by way of the chatbot');
select results_eq(
  $$select g.label, s.pending_conflicts
    from public.property_sync_status s join given g on g.id = s.property_id order by 1$$,
  $$values ('busy', 1::bigint), ('idle', 0::bigint)$$,
  'a conflict counts for its own property, by way of the chatbot');

select * from finish();
rollback;
