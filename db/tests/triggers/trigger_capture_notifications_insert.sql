-- trigger_capture_notifications_insert:
-- an INSERT into lead_notification is captured once a statement.
begin;
select plan(3);
\i db/tests/support/fixtures.psql
\i db/tests/support/capture.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.trigger_of('public.lead_notification',
  'trigger_capture_notifications_insert'),
  'after insert | statement | new_rows | lead_sync_private.capture_notifications',
  'when it fires, and what it calls');

-- happy path
select pg_temp.given_property() as property \gset
select pg_temp.given_integration(:'property');
select pg_temp.given_quiet_lead(:'property') as lead \gset
select pg_temp.given_notification(:'lead') as notification \gset
select is(pg_temp.captured(:'lead'), 'enrichment 1 pending', 'a new notification is queued');

-- edges
insert into public.lead_notification select n.* from public.lead_notification n where false;
select is(pg_temp.captured(:'lead'), 'nothing', 'none is not');

select * from finish();
rollback;
