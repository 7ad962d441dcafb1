-- plan_pull: the next read of a pull.
begin;
select plan(13);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/pull.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.plan_pull'),
  'jsonb | stable | enable_seqscan=off jit=off | -',
  'no role may call it');

select pg_temp.given_pulling('{"created_at": "2026-01-05T00:00:00Z"}') as property,
  pg_temp.given_pulling('{"sync_direction": "to_resman"}') as pushing,
  pg_temp.given_property() as bare \gset
create function pg_temp.plan(p_property uuid, p_data jsonb, p_state jsonb default '{}')
returns jsonb
language sql
as $$
  select lead_sync_private.plan_pull(jsonb_populate_record(null::public.lead_sync_queue,
    jsonb_build_object('property_id', p_property, 'sync_data', p_data)), p_state)
$$;

-- happy path: one lead
select is(p -> 'request', '{"call": "search_leads", "by": {"lead_id": "R1"}}', 'one lead')
from pg_temp.plan(:'property', '{"lead_id": "R1"}') as p;
select is(p #>> '{state,step}', 'lead', 'its answer is a lead')
from pg_temp.plan(:'property', '{"lead_id": "R1"}') as p;

-- happy path: windows
select is(p -> 'request', '{"call": "search_leads", "by": {
    "modified_from": "2026-01-04T23:59:58Z", "modified_to": "2026-01-06T00:00:01Z"}}', 'the first window, a little wider on both sides')
from pg_temp.plan(:'property', '{}') as p;
select is((p #>> '{state,window,from}')::timestamptz = '2026-01-05T00:00:00Z'
    and (p #>> '{state,window,to}')::timestamptz = '2026-01-06T00:00:00Z'
    and (p #>> '{state,window,until}')::timestamptz between clock_timestamp() - interval '5 s'
      and clock_timestamp() and p #>> '{state,step}' = 'window', true,
  'what it covers is kept, and where the pull ends')
from pg_temp.plan(:'property', '{}') as p;
select is(p #> '{request,by}', '{"modified_from": "2026-02-28T23:59:58Z",
    "modified_to": "2026-03-01T06:00:01Z"}', 'since and until a time')
from pg_temp.plan(:'property',
  '{"since": "2026-03-01T00:00:00Z", "until": "2026-03-01T06:00:00Z"}') as p;
select is(p #> '{request,by}', '{"modified_from": "2026-03-01T00:59:58Z",
    "modified_to": "2026-03-01T01:01:01Z"}', 'the state''s window goes before')
from pg_temp.plan(:'property', '{"since": "2026-01-01T00:00:00Z"}', '{"window":
  {"from": "2026-03-01T01:00:00Z", "until": "2026-03-02T00:00:00Z", "width": 60}}') as p;
select pg_temp.given_setting(:'property', 'pull_window', '3600');
select is((p #>> '{state,window,to}')::timestamptz, '2026-01-05T01:00:00Z',
  'as wide as the property wants')
from pg_temp.plan(:'property', '{}') as p;

-- edges
select is(pg_temp.plan(:'property', '{}', jsonb_build_object('window', jsonb_build_object(
    'from', at, 'until', '2026-03-02T00:00:00Z'))), '{"end": "pulled"}', 'all read at ' || at)
from unnest(array['2026-03-02T00:00:00Z', '2026-03-03T00:00:00Z']) as at;
select is(pg_temp.plan(:'property', '{"reconcile": "00000000-0000-0000-0000-000000000001"}'),
  '{"end": "swept"}', 'a reconciliation goes its own way');
select is(pg_temp.plan(property, '{"lead_id": "R1"}') - 'message',
  '{"end": "cancelled", "code": "direction"}', 'a property that does not pull, or no more')
from unnest(array[:'pushing', :'bare']::uuid[]) as property;

select * from finish();
rollback;
