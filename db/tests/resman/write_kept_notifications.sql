-- write_kept_notifications: those that tell of what ResMan itself has said are not sent.
begin;
select plan(6);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.write_kept_notifications'),
  'void | volatile | - | -', 'no role may call it');

select pg_temp.given_lead() as lead \gset
select pg_temp.given_notification(:'lead') as first, pg_temp.given_notification(:'lead')
  as second, pg_temp.given_notification(:'lead') as third \gset
create view pg_temp.kept as
select id, concat_ws(' ', status, resman_sync_status, resman_notification_id) as kept
from public.lead_notification;

-- edges
select lead_sync_private.write_kept_notifications('{}'),
  lead_sync_private.write_kept_notifications(null);
select is(count(*), 3::bigint, 'none named, none marked') from pg_temp.kept
where kept = 'pending not_synced';

-- happy path
select lead_sync_private.write_kept_notifications(array[:'first', :'second']::uuid[]);
select is(kept, 'pending synced not sent', 'each that is named') from pg_temp.kept
where id in (:'first', :'second');
select is(kept, 'pending not_synced', 'and no other') from pg_temp.kept where id = :'third';

-- effects
select is(jsonb_array_length(lead_sync_private.plan_enrichment(q, '{}',
  '{"read_at": "then", "lead": {"lead_id": "L1"}}') #> '{request,events}'), 1,
  'the other alone is sent') from pg_temp.item(:'lead') q;

select * from finish();
rollback;
