-- The specification queues on UPDATE of conversation alone: new conversations, users' edits and
-- lead notifications never reach ResMan.
begin;
\i db/tests/support/fixtures.psql
select plan(6);

create view pg_temp.queued as
select conversation_id, property_id, sync_operation::text, priority, sync_data
from public.lead_sync_queue where status = 'pending';

select pg_temp.given_property() as here \gset
select pg_temp.given_property() as there \gset
select pg_temp.given_integration(:'here') as a, pg_temp.given_integration(:'there') as b \gset
select pg_temp.given_user() as "user" \gset
select pg_temp.given_conversation(:'user', :'here') as first \gset
select results_eq('select * from pg_temp.queued',
  format($$values (%1$L::uuid, %2$L::uuid, 'push', 2, '{"conversation_id": "%1$s"}'::jsonb)$$,
    :'first', :'here'),
  'a new conversation queues a push');

select pg_temp.given_conversation(:'user', :'there') as second \gset
select pg_temp.given_conversation(pg_temp.given_user(), :'here') as other \gset
delete from public.lead_sync_queue;
update public."user" set email = 'moved@example.com' where id = :'user';
select set_eq('select conversation_id, property_id, sync_operation from pg_temp.queued',
  format($$values (%L::uuid, %L::uuid, 'push'), (%L, %L, 'push')$$,
    :'first', :'here', :'second', :'there'),
  'a user''s edit queues a push of each of that user''s conversations, and no other');

delete from public.lead_sync_queue;
select pg_temp.given_notification(:'other') as notification \gset
select results_eq(
  'select conversation_id, property_id, sync_operation, priority from pg_temp.queued',
  format($$values (%L::uuid, %L::uuid, 'enrichment', 1)$$, :'other', :'here'),
  'a new notification queues an enrichment');
select pg_temp.given_notification(:'other', '{"notification_type": "tour_scheduled"}') as more \gset
select is((select count(*)::integer from pg_temp.queued), 1,
  'a second notification of the conversation joins it');

delete from public.lead_sync_queue;
update public.lead_notification set read_at = now() where id = :'more';
select is_empty('select * from pg_temp.queued',
  'a notification that was read queues nothing: that does not travel');
update public.lead_notification set status = 'sent' where conversation_id = :'other';
select results_eq('select conversation_id, sync_operation from pg_temp.queued',
  format($$values (%L::uuid, 'enrichment')$$, :'other'),
  'notifications whose status changed queue one enrichment');

select * from finish();
rollback;
