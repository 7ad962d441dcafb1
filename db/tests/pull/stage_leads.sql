-- stage_leads: the leads of an answer that have moved wait to be applied.
begin;
select plan(19);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/pull.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.stage_leads'),
  'integer | volatile | enable_bitmapscan=off enable_hashjoin=off enable_mergejoin=off '
  'enable_seqscan=off jit=off | -',
  'no role may call it');

select pg_temp.given_pulling() as property, pg_temp.given_pulling() as elsewhere \gset
create function pg_temp.stage(p_property uuid, p_leads jsonb,
  p_at timestamptz default '2026-01-02') returns integer
language sql
as $$
  select lead_sync_private.stage_leads(jsonb_populate_record(null::public.lead_sync_queue,
    jsonb_build_object('property_id', p_property,
      'id', '00000000-0000-0000-0000-000000000001')), p_leads, p_at, '2026-01-01')
$$;
create view pg_temp.staged as
select coalesce(string_agg(concat_ws(' ', resman_lead_id, lead ->> 'n', issued_at::date), ', '
  order by resman_lead_id), '') as line
from lead_sync_private.pulled_lead;

-- happy path
select is(pg_temp.stage(:'property', '[{"lead_id": "R2", "n": 1}, {"lead_id": "R1", "n": 1},
  {"lead_id": "R1", "n": 2}]'), 2, 'how many');
select is(line, 'R1 2 2026-01-02, R2 1 2026-01-02', 'each once, as shown last')
from pg_temp.staged;
select is(count(*), 2::bigint, 'with the window and item they came from')
from lead_sync_private.pulled_lead where property_id = :'property'
  and window_from = '2026-01-01' and item_id = '00000000-0000-0000-0000-000000000001';

-- edges: read again before it was applied
select is(pg_temp.stage(:'property', '[{"lead_id": "R1", "n": 3}]', '2026-01-03'), 1,
  'a later read');
select is(pg_temp.stage(:'property', '[{"lead_id": "R1", "n": 4}]', '2026-01-02'), 0,
  'an earlier one');
select is(line, 'R1 3 2026-01-03, R2 1 2026-01-02', 'the latest waits') from pg_temp.staged;
select is(pg_temp.stage(:'elsewhere', '[{"lead_id": "R1", "n": 5}]'), 1,
  'another property''s waits beside it');

-- edges: what has not moved
delete from lead_sync_private.pulled_lead;
select pg_temp.given_mapping(pg_temp.given_conversation(pg_temp.given_user(), :'property'),
  jsonb_build_object('resman_lead_id', 'R1',
    'seen_hash', md5('{"lead_id": "R1", "n": 1}'::jsonb::text)));
select is(pg_temp.stage(:'property', '[{"n": 1, "lead_id": "R1"}]'), 0, 'is passed over');
select is(pg_temp.stage(:'property', '[{"n": 2, "lead_id": "R1"}]'), 1, 'what has is not');

-- edges: no leads
select is(pg_temp.stage(:'property', leads), 0, 'nothing of ' || coalesce(leads::text, 'null'))
from unnest(array[null, '[]', '{}', '"R1"', '[{"n": 1}]', '[{"lead_id": ""}]',
  '[{"lead_id": null}]']::jsonb[]) as leads;
select is(pg_temp.stage(:'property', jsonb_build_array(
    jsonb_build_object('lead_id', repeat('x', n)))), case when n <= 100 then 1 else 0 end,
  'an id of ' || n)
from unnest(array[100, 101]) as n;

select * from finish();
rollback;
