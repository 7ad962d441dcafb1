-- write_notification: a notification is shown in ResMan, as it was when it was sent.
begin;
select plan(9);
\i db/tests/support/fixtures.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.write_notification'),
  'void | volatile | enable_seqscan=off jit=off | -',
  'no role may call it');

select pg_temp.given_conversation(pg_temp.given_user(), pg_temp.given_property()) as lead \gset
create function pg_temp.kept(p_lead uuid, p_values jsonb, p_type text, p_status text)
returns text
language plpgsql
as $$
declare
  v_id uuid := pg_temp.given_notification(p_lead, p_values);
begin
  perform lead_sync_private.write_notification(v_id, p_type, p_status, 'E1');
  return (select concat_ws(' ', n.resman_sync_status, n.resman_notification_id,
      case when n.resman_last_sync_at between now() and clock_timestamp() then 'now' end)
    from public.lead_notification n where n.id = v_id);
end
$$;

-- happy path
select is(pg_temp.kept(:'lead', '{}', 'new_qualified_lead', 'pending'), 'synced E1 now',
  'it is in step, with its event');

-- edges: one that has changed since it was sent
select is(pg_temp.kept(:'lead', '{}', type, status), 'not_synced', format('not as %s, %s',
  coalesce(type, 'null'), coalesce(status, 'null')))
from (values ('other', 'pending'), ('new_qualified_lead', 'sent'), (null, 'pending'),
  ('new_qualified_lead', null)) as v(type, status);
select is(pg_temp.kept(:'lead', '{"notification_type": null, "status": null}', null, null),
  'synced E1 now', 'nulls are as they were');

-- effects
select is(count(*), 0::bigint, 'others stay as they are') from public.lead_notification n
where n.resman_sync_status = 'synced' and n.resman_notification_id is distinct from 'E1';
select is(count(*), 4::bigint, 'those that changed travel again')
from public.lead_notification n
where n.resman_sync_status = 'not_synced';

select * from finish();
rollback;
