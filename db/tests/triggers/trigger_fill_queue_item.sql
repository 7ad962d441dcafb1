-- trigger_fill_queue_item: rows that other code inserts are completed, our own are not touched.
begin;
select plan(4);
\i db/tests/support/fixtures.psql
\i db/tests/support/capture.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.trigger_of('public.lead_sync_queue', 'trigger_fill_queue_item'),
  'before insert | row | - | lead_sync_private.fill_queue_item',
  'when it fires, and what it calls');

select pg_temp.given_property() as property, gen_random_uuid() as named \gset
select pg_temp.given_integration(:'property');
select pg_temp.given_quiet_lead(:'property') as lead \gset

-- happy path
insert into public.lead_sync_queue (conversation_id, sync_operation, sync_data)
values (:'lead', 'push', '{}');
select results_eq('select property_id from public.lead_sync_queue', array[:'property']::uuid[],
  'a row without a property gets its conversation''s');

-- edges
insert into public.lead_sync_queue (conversation_id, property_id, sync_operation, sync_data)
values (:'lead', :'named', 'push', '{}');
select results_eq('select property_id from public.lead_sync_queue order by seq',
  array[:'property', :'named']::uuid[], 'a row that names its property is taken as it is');
insert into public.lead_sync_queue (sync_operation, sync_data) values ('pull', '{}');
select is(count(*), 1::bigint, 'and so is one without a conversation')
from public.lead_sync_queue where property_id is null;

select * from finish();
rollback;
