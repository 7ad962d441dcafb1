-- trigger_update_notification_sync_status: which edits of a notification count.
begin;
select plan(11);
\i db/tests/support/fixtures.psql
\i db/tests/support/capture.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.trigger_of('public.lead_notification',
  'trigger_update_notification_sync_status'),
  'before update | row | - | lead_sync_private.update_notification_sync_status',
  'when it fires, and what it calls');

select pg_temp.given_conversation(pg_temp.given_user(), pg_temp.given_property()) as lead \gset
select pg_temp.given_notification(:'lead', '{"resman_notification_id": "E1"}') as notification
\gset
create function pg_temp.counts(p_id uuid, p_set text) returns boolean
language plpgsql
as $$
declare
  v_status text;
begin
  update public.lead_notification n set resman_sync_status = 'synced' where n.id = p_id;
  execute format('update public.lead_notification set %s where id = $1 '
    'returning resman_sync_status', p_set) into v_status using p_id;
  return v_status = 'not_synced';
end
$$;

-- happy path
select is(pg_temp.counts(:'notification', change), true, 'counts: ' || change)
from unnest(array['notification_type = ''x''', 'status = ''sent''', 'notification_type = null',
  'status = null', 'status = ''read'', notification_type = ''y''']) as change;

-- edges
select is(pg_temp.counts(:'notification', change), false, 'does not count: ' || change)
from unnest(array['read_at = now()', 'sent_at = now()', 'response_at = now()',
  'status = status', 'resman_notification_id = ''E2''']) as change;

select * from finish();
rollback;
