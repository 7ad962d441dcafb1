-- trigger_capture_notifications: an UPDATE of lead_notification is captured once a statement.
begin;
select plan(5);
\i db/tests/support/fixtures.psql
\i db/tests/support/capture.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.trigger_of('public.lead_notification', 'trigger_capture_notifications'),
  'after update | statement | new_rows | lead_sync_private.capture_notifications',
  'when it fires, and what it calls');

-- happy path
select pg_temp.given_property() as property \gset
select pg_temp.given_integration(:'property');
select pg_temp.given_quiet_lead(:'property') as lead \gset
select pg_temp.given_notification(:'lead') as notification \gset
delete from public.lead_sync_queue;
update public.lead_notification set status = 'sent' where id = :'notification';
select is(pg_temp.captured(:'lead'), 'enrichment 1 pending', 'a change is queued');

-- edges
update public.lead_notification set status = 'read' where false;
select is(pg_temp.captured(:'lead'), 'nothing', 'one of no row is not');

-- edges: the condition, as it is at the beginning of a transaction
select set_config('lead_sync.stamped', '', true);
set local track_functions = 'pl';
update public.lead_notification set read_at = now() where id = :'notification';
select is(pg_stat_get_xact_function_calls('lead_sync_private.capture_notifications'::regproc),
  null, 'an edit of nothing that is synced does not fire it');
update public.lead_notification set status = 'read' where id = :'notification';
select is(pg_temp.captured(:'lead'), 'enrichment 1 pending', 'one of what is does');

select * from finish();
rollback;
