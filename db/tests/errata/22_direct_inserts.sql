-- Other code inserts into the queue directly, as the specification's own trigger does: the columns
-- that the package adds must not stay empty, nor a second pending row collide.
begin;
\i db/tests/support/fixtures.psql
select plan(7);

select pg_temp.given_property() as property \gset
select pg_temp.given_integration(:'property') as integration \gset
select pg_temp.given_conversation(pg_temp.given_user(), :'property') as conversation \gset
delete from public.lead_sync_queue;

prepare insert_push (uuid) as
insert into public.lead_sync_queue (conversation_id, sync_operation, sync_data, priority)
values ($1, 'push', jsonb_build_object('conversation_id', $1, 'sync_version', 1), 2);

execute insert_push(:'conversation');
select results_eq(
  'select conversation_id, property_id, status::text from public.lead_sync_queue',
  format($$values (%L::uuid, %L::uuid, 'pending')$$, :'conversation', :'property'),
  'property_id is filled in');
select lives_ok(format('execute insert_push(%L)', :'conversation'),
  'a second pending row is no error');
select is((select count(*)::integer from public.lead_sync_queue), 1, '… and joins the first');

insert into public.lead_sync_queue (conversation_id, sync_operation, sync_data)
values (:'conversation', 'enrichment', '{}');
select results_eq(
  'select sync_operation::text, property_id from public.lead_sync_queue order by seq',
  format($$values ('push', %1$L::uuid), ('enrichment', %1$L)$$, :'property'),
  'another operation is an item of its own');

update public.lead_sync_queue set status = 'completed';
execute insert_push(:'conversation');
select is((select count(*)::integer from public.lead_sync_queue where status = 'pending'), 1,
  'a row beside one that has ended is an item of its own');
insert into public.lead_sync_queue (conversation_id, sync_operation, sync_data, status)
values (:'conversation', 'push', '{}', 'failed');
select is((select count(*)::integer from public.lead_sync_queue where status = 'failed'), 1,
  'a row that is not pending joins nothing');
select results_eq(
  $$select conversation_id from lead_sync.claim_items('runner', 10, interval '60 s')$$,
  format('values (%L::uuid)', :'conversation'), 'a direct insert is claimed like any other');

select * from finish();
rollback;
