-- narrow_window: a window that ResMan found too large is halved, a minute of it passed.
begin;
select plan(15);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/pull.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.narrow_window'), 'jsonb | volatile | - | -',
  'no role may call it');

select pg_temp.given_pulling() as property \gset
create function pg_temp.narrow(p_item public.lead_sync_queue, p_from text, p_to text,
  p_until text) returns jsonb
language sql
as $$
  select lead_sync_private.narrow_window(p_item, jsonb_build_object('step', 'window',
    'counts', '{"read": 7, "moved": 1}'::jsonb, 'window', jsonb_build_object('width', 86400,
      'from', '2026-01-01T' || p_from || 'Z', 'to', '2026-01-01T' || p_to || 'Z',
      'until', '2026-01-01T' || p_until || 'Z')))
$$;
-- The item's next window, as 'from to until width', and what was counted.
create function pg_temp.window_of(p_item uuid) returns text
language sql
as $$
  select concat_ws(' ', to_char((w ->> 'from')::timestamptz at time zone 'UTC', 'HH24:MI:SS'),
    to_char((w ->> 'to')::timestamptz at time zone 'UTC', 'HH24:MI:SS'),
    to_char((w ->> 'until')::timestamptz at time zone 'UTC', 'HH24:MI:SS'), w -> 'width',
    q.state -> 'counts' -> 'read')
  from public.lead_sync_queue q, lateral (select q.state -> 'window') as x(w)
  where q.id = p_item
$$;

-- happy path: halved
select (pg_temp.given_pull(:'property')).id as item \gset
select is(pg_temp.narrow(q, '00:00:00', '01:00:01', '09:00:00') #> '{request,by}',
  '{"modified_from": "2025-12-31T23:59:58Z", "modified_to": "2026-01-01T00:30:01Z"}',
  'the first half is asked for at once')
from public.lead_sync_queue q where q.id = :'item';
select is(pg_temp.window_of(:'item'), '00:00:00 00:30:00 09:00:00 1800 7',
  'the item knows, and goes on counting');
select is(count(*), 0::bigint, 'nothing was passed') from lead_sync_private.pull_state;
select is(pg_temp.narrow(q, '00:00:00', '00:01:00', '09:00:00') #>> '{request,by,modified_to}',
  '2026-01-01T00:00:31Z', 'down to half a minute')
from public.lead_sync_queue q where q.id = :'item';

-- edges: what cannot be read even so
select is(pg_temp.narrow(q, '00:00:00', '00:00:59', '09:00:00') #> '{request,by}',
  '{"modified_from": "2026-01-01T00:00:57Z", "modified_to": "2026-01-01T00:02:00Z"}',
  'is passed')
from public.lead_sync_queue q where q.id = :'item';
select is(pg_temp.window_of(:'item'), '00:00:59 00:01:59 09:00:00 60 7',
  'and the next minute begins small');
select results_eq('select property_id, error_code::text, (sync_data ->> ''since'')::timestamptz,
    (sync_data ->> ''until'')::timestamptz from public.lead_sync_queue where status = ''failed''',
  format('values (%L::uuid, ''too_large'', ''2026-01-01T00:00:00Z''::timestamptz,
    ''2026-01-01T00:00:59Z''::timestamptz)', :'property'), 'it is a dead letter');
select is(s.read_until, '2026-01-01T00:00:59Z', 'the cursor moves on')
from lead_sync_private.pull_state s where s.property_id = :'property';

-- edges: nothing is left to read
select is(pg_temp.narrow(q, '08:59:30', '09:00:00', '09:00:00'), '{"ended": "completed"}',
  'the last minute ends the pull')
from public.lead_sync_queue q where q.id = :'item';
select is(q.status, 'completed', 'so the item has ended') from public.lead_sync_queue q
where q.id = :'item';
select is(count(*), 1::bigint, 'and is logged') from public.lead_sync_log
where sync_status = 'success' and sync_data -> 'counts' = '{"read": 7, "moved": 1}';

-- edges: the property pulls no more
update public.resman_integration set sync_direction = 'to_resman';
select pg_temp.given_pull(:'property') as stopped \gset
select (q).id as item from (select :'stopped'::public.lead_sync_queue) as x(q) \gset
select is(pg_temp.narrow(:'stopped', '00:00:00', '01:00:00', '09:00:00'),
  '{"ended": "completed"}', 'a pull of a property that pulls no more ends');
select results_eq(format('select status::text, error_code::text, error_message,
    lease_token is null from public.lead_sync_queue where id = %L', :'item'),
  $$values ('cancelled', 'direction', 'the property does not pull', true)$$,
  'cancelled, with the reason');
select is(count(*), 1::bigint, 'and not as one that has read everything')
from public.lead_sync_log where sync_status = 'success';

select * from finish();
rollback;
