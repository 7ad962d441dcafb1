-- take_window: the leads of one window, and how far the property has come.
begin;
select plan(9);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/pull.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.take_window'), 'jsonb | volatile | - | -',
  'no role may call it');

select pg_temp.given_pulling() as property \gset
create function pg_temp.take(p_property uuid, p_from text, p_to text, p_leads jsonb,
  p_state jsonb default '{}', p_width integer default null) returns jsonb
language sql
as $$
  select lead_sync_private.take_window(jsonb_populate_record(null::public.lead_sync_queue,
    jsonb_build_object('property_id', p_property)),
    jsonb_build_object('asked_at', clock_timestamp(), 'window', jsonb_strip_nulls(
      jsonb_build_object('from', p_from, 'to', p_to, 'until', '2026-01-09T00:00:00+00:00',
        'width', p_width))) || p_state, jsonb_build_object('leads', p_leads))
$$;

-- happy path
select is(jsonb_build_object('counts', s -> 'counts', 'until', s #> '{window,until}',
    'next', (s #>> '{window,from}')::timestamptz = '2026-01-02T00:00:00Z'),
  '{"counts": {"read": 2, "moved": 2}, "until": "2026-01-09T00:00:00+00:00", "next": true}',
  'what was read, and where the next window begins')
from pg_temp.take(:'property', '2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z',
  jsonb_build_array(pg_temp.shown(), pg_temp.shown('{"lead_id": "R2", "phone": null,
    "email": "bob@example.com"}'))) as s;
select bag_eq('select resman_lead_id::text from public.lead_sync_mapping', array['R1', 'R2'],
  'the leads are applied');
create view pg_temp.cursor as select read_until from lead_sync_private.pull_state;
select is(read_until, '2026-01-02T00:00:00Z', 'the property has come so far')
from pg_temp.cursor;

-- edges: without a gap, never back
select is(s -> 'counts', '{"read": 6, "moved": 3}', 'counts go on')
from pg_temp.take(:'property', '2026-01-02T00:00:00Z', '2026-01-03T00:00:00Z',
  jsonb_build_array(pg_temp.shown('{"first_name": "Anna"}')),
  '{"counts": {"read": 5, "moved": 2}}') as s;
select pg_temp.take(:'property', '2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z', '[]');
select is(read_until, '2026-01-03T00:00:00Z', 'an earlier window takes nothing back')
from pg_temp.cursor;
select pg_temp.take(:'property', '2026-01-04T00:00:00Z', '2026-01-05T00:00:00Z', '[]');
select is(read_until, '2026-01-03T00:00:00Z', 'one behind a gap does not count')
from pg_temp.cursor;

-- edges: width
select is((pg_temp.take(:'property', '2026-01-03T00:00:00Z', '2026-01-03T01:00:00Z', '[]', '{}',
  width) #>> '{window,width}')::integer, wider, 'a window of ' || width || ' s grows again')
from (values (3600, 7200), (80000, 86400)) as x(width, wider);

select * from finish();
rollback;
