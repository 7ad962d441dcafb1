-- keep_events: what ResMan has acknowledged is remembered, so that it is not sent again.
begin;
select plan(14);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.keep_events'),
  'void | volatile | enable_bitmapscan=off enable_hashjoin=off enable_mergejoin=off '
  'enable_seqscan=off jit=off | -',
  'no role may call it');

select pg_temp.given_lead() as lead \gset
select pg_temp.given_notification(:'lead') as notification,
  pg_temp.given_notification(:'lead') as shown, pg_temp.given_notification(:'lead') as changed
\gset
create function pg_temp.keep(p_lead uuid, p_outcome jsonb) returns void
language sql
as $$
  select lead_sync_private.keep_events(q, p_outcome) from pg_temp.item(p_lead) q
$$;

-- edges
select pg_temp.keep(:'lead', '{}');
select pg_temp.keep(:'lead', '{"events": [], "seen": [], "notifications": []}');
select is(count(*), 0::bigint, 'nothing to keep') from lead_sync_private.lead_event;

-- happy path
select pg_temp.keep(:'lead', jsonb_build_object(
  'events', jsonb_build_array(
    jsonb_build_object('key', 'aaaaaaaa', 'type', 'Other', 'at', '2026-01-05T10:00:00Z'),
    jsonb_build_object('key', 'bbbbbbbb', 'type', 'Contact'),
    jsonb_build_object('key', 'no key', 'type', 'Other'), jsonb_build_object('type', 'Other')),
  'seen', '[{"key": "cccccccc", "type": "Appointment",
    "at": "2026-01-06T10:00:00+02:00"}]'::jsonb,
  'notifications', jsonb_build_array(
    jsonb_build_object('notification_id', :'notification', 'key', 'aaaaaaaa',
      'type', 'new_qualified_lead', 'status', 'pending', 'resman_id', null),
    jsonb_build_object('notification_id', :'shown', 'key', 'dddddddd',
      'type', 'new_qualified_lead', 'status', 'pending', 'resman_id', 'E7'),
    jsonb_build_object('notification_id', :'changed', 'key', 'eeeeeeee',
      'type', 'new_qualified_lead', 'status', 'before', 'resman_id', 'E8'),
    jsonb_build_object('notification_id', gen_random_uuid(), 'key', 'ffffffff'))));
select set_eq(
  'select conversation_id, key, event_type, event_at, notification_id
    from lead_sync_private.lead_event',
  format($$values (%1$L::uuid, 'aaaaaaaa', 'Other', timestamptz '2026-01-05T10:00:00Z',
    %2$L::uuid),
    (%1$L, 'bbbbbbbb', 'Contact', null, null),
    (%1$L, 'cccccccc', 'Appointment', '2026-01-06T08:00:00Z', null)$$, :'lead',
      :'notification'),
  'events that were sent, and those seen after a lost answer');
select results_eq('select key from lead_sync_private.lead_event order by sent_at,
  key = ''bbbbbbbb''',
  array['cccccccc', 'aaaaaaaa', 'bbbbbbbb'], 'those seen were sent before');
select ok(bool_and(sent_at between now() and clock_timestamp()), 'each has its time')
from lead_sync_private.lead_event;

-- effects: notifications
select is(concat_ws(' ', n.resman_sync_status, n.resman_notification_id), 'synced aaaaaaaa',
  'a notification is in step, under its key') from public.lead_notification n
where n.id = :'notification';
select is(concat_ws(' ', n.resman_sync_status, n.resman_notification_id), 'synced E7',
  'or under ResMan''s own id') from public.lead_notification n where n.id = :'shown';
select is(n.resman_sync_status, 'not_synced', 'one that changed since travels again')
from public.lead_notification n where n.id = :'changed';

-- edges: again
update lead_sync_private.lead_event set sent_at = '2020-01-01', event_type = 'kept';
select pg_temp.keep(:'lead', '{"events": [{"key": "aaaaaaaa", "type": "Other"},
  {"key": "99999999", "type": "Other"}, {"key": "99999999", "type": "Other"}]}');
select is(count(*), 4::bigint, 'a key is kept once') from lead_sync_private.lead_event;
select is(event_type || sent_at::date, 'kept2020-01-01', 'as it was first')
from lead_sync_private.lead_event where key = 'aaaaaaaa';
select pg_temp.given_lead() as other \gset
select pg_temp.keep(:'other', '{"events": [{"key": "aaaaaaaa", "type": "Other"}]}');
select is(count(*), 2::bigint, 'by each conversation') from lead_sync_private.lead_event
where key = 'aaaaaaaa';
select pg_temp.keep(:'other', '{"events": [{"key": "AAAAAAAA", "type": "Other"},
  {"key": "aaaaaaaab", "type": "Other"}, {"key": "aaaaaaa", "type": "Other"}]}');
select is(count(*), 1::bigint, 'what is no key of ours is not kept')
from lead_sync_private.lead_event where conversation_id = :'other';

-- errors
select throws_ok(format('select pg_temp.keep(%L, %L)', :'other', e), code, null,
  'refused: ' || e)
from (values ('{"events": [{"key": "11111111", "type": "Other", "at": "soon"}]}', '22007'),
  ('{"events": [{"key": "11111111"}]}', '23502')) as v(e, code);

select * from finish();
rollback;
