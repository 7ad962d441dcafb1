-- capture_notifications: one enrichment for the notifications that a statement wrote.
begin;
select plan(10);
\i db/tests/support/fixtures.psql
\i db/tests/support/capture.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.capture_notifications'),
  'trigger | volatile definer | enable_hashjoin=off enable_mergejoin=off enable_seqscan=off '
  'jit=off | -', 'no role may call it, and its plan is pinned');

select pg_temp.given_property() as property \gset
select pg_temp.given_integration(:'property');

-- happy path
select pg_temp.given_quiet_lead(:'property') as lead,
  pg_temp.given_quiet_lead(:'property') as other
\gset
insert into public.lead_notification (conversation_id, notification_type, status)
select :'lead', 'new_qualified_lead', 'pending' from generate_series(1, 3);
select is(pg_temp.captured(:'lead'), 'enrichment 1 pending',
  'new notifications of a conversation queue one enrichment');
update public.lead_notification set status = 'sent' where conversation_id = :'lead';
select is(pg_temp.captured(:'lead'), 'enrichment 1 pending', 'so do those that changed');
insert into public.lead_notification (conversation_id, notification_type, status)
values (:'lead', 'a', 'pending'), (:'other', 'b', 'pending');
select set_eq('select conversation_id from public.lead_sync_queue',
  array[:'lead', :'other']::uuid[], 'each conversation has its own');

-- edges
delete from public.lead_sync_queue;
select pg_temp.given_quiet_lead(:'property') as lead \gset
select pg_temp.given_notification(:'lead', '{"resman_capture_mark": 1}') as notification \gset
delete from public.lead_sync_queue;
update public.lead_notification set read_at = now() where id = :'notification';
select is(pg_temp.captured(:'lead'), 'nothing', 'one that was read does not travel');
insert into public.lead_notification (notification_type, status) values ('a', 'pending');
select is(count(*), 0::bigint, 'nor does one without a conversation')
from public.lead_sync_queue;
select pg_temp.given_conversation(null, :'property') as chat \gset
select pg_temp.given_notification(:'chat');
select is(pg_temp.captured(:'chat'), 'nothing', 'nor one of a chat that is no lead');
delete from public.lead_notification where conversation_id = :'lead';
select is(pg_temp.captured(:'lead'), 'nothing', 'nor is a deletion told');

-- effects: DomIQ's own trigger makes a notification
update public.conversation set status = 'qualified' where id = :'lead';
select set_eq('select sync_operation::text from public.lead_sync_queue',
  array['push', 'enrichment'], 'a notification that DomIQ derives is captured');
insert into lead_sync_private.property_setting (property_id, name, value)
values (:'property', 'update_delay', '60');
delete from public.lead_sync_queue;
select pg_temp.given_notification(:'lead') as notification \gset
select is(next_retry_at, null, 'a new one is due at once') from public.lead_sync_queue;

select * from finish();
rollback;
