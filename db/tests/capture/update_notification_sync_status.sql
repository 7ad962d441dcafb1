-- update_notification_sync_status: a notification that changed travels again.
begin;
select plan(8);
\i db/tests/support/fixtures.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.update_notification_sync_status'),
  'trigger | volatile | - | -', 'no role may call it');

-- happy path
select pg_temp.given_conversation(pg_temp.given_user(), pg_temp.given_property()) as lead \gset
select pg_temp.given_notification(:'lead', '{"resman_notification_id": "E1",
  "resman_sync_status": "synced", "resman_capture_mark": 1}') as notification \gset
update public.lead_notification set status = 'sent' where id = :'notification';
select collect_tap(
  is(n.resman_sync_status, 'not_synced', 'it is to be sent'),
  is(n.resman_capture_mark::text, pg_current_xact_id()::text, 'the transaction is marked'),
  is(n.resman_notification_id, 'E1', 'the event it was stays known'),
  is(n.status, 'sent', 'and so does the edit'))
from public.lead_notification n where n.id = :'notification';

-- effects: what the statement's trigger asks for
select is(current_setting('lead_sync.stamped', true), txid_current()::text,
  'the transaction has stamped');
select set_config('lead_sync.stamped', 'off', true);
update public.lead_notification set status = 'read' where id = :'notification';
select is(current_setting('lead_sync.stamped'), txid_current()::text,
  '… whatever anybody else set');

-- edges
update public.lead_notification set resman_sync_status = 'synced' where id = :'notification';
select is(n.resman_sync_status, 'synced', 'what the package writes does not undo itself')
from public.lead_notification n where n.id = :'notification';

select * from finish();
rollback;
