-- check_response: what is no response is refused before anything is changed.
begin;
select plan(26);
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.check_response'), 'void | immutable | - | -',
  'no role may call it');

create function pg_temp.check_response(p_response jsonb) returns void
language sql
as $$
  select lead_sync_private.check_response('00000000-0000-4000-8000-000000000001',
    '00000000-0000-4000-8000-000000000002', p_response)
$$;

-- happy path
select lives_ok(format('select pg_temp.check_response(%L)', a), 'a response: ' || a)
from unnest(array['{"outcome": "ok"}', '{"outcome": "ok", "leads": []}',
  '{"outcome": "ok", "leads": [{"lead_id": "1"}], "elapsed_ms": 5, "more": {}}',
  '{"outcome": "ok", "items": [1]}', '{"outcome": "failed", "kind": "transient"}']) as a;

-- errors
select throws_ok(format('select pg_temp.check_response(%L)', a), 'LS001', message,
  'refused: ' || coalesce(a, 'null'))
from (values
  (null, 'response is not an object'), ('null', 'response is not an object'),
  ('[]', 'response is not an object'), ('"ok"', 'response is not an object'),
  ('{}', 'response has no outcome'), ('{"outcome": null}', 'response has no outcome'),
  ('{"outcome": "maybe"}', 'response has no outcome'),
  ('{"outcome": ["ok"]}', 'response has no outcome'),
  ('{"outcome": "ok", "leads": {}}', 'leads are not a list'),
  ('{"outcome": "ok", "leads": null}', 'leads are not a list'),
  ('{"outcome": "ok", "items": 1}', 'items are not a list'),
  ('{"outcome": "ok", "items": null}', 'items are not a list'),
  ('{"outcome": "failed"}', 'failed response has no kind'),
  ('{"outcome": "failed", "kind": null}', 'failed response has no kind'),
  ('{"outcome": "failed", "kind": 500}', 'failed response has no kind')) as v(a, message);
select throws_ok(format('select lead_sync_private.check_response(%s, ''{"outcome": "ok"}'')',
  a),
  'LS001', 'item id or lease token is missing', 'refused: ' || a)
from unnest(array['null, null', 'null, gen_random_uuid()', 'gen_random_uuid(), null']) as a;

-- edges: 32 MiB, and one byte more
create function pg_temp.of_size(p_size integer) returns jsonb
language sql
as $$
  select jsonb_build_object('outcome', 'ok', 'x',
    repeat('x', p_size + 1000 - pg_column_size(jsonb_build_object('outcome', 'ok', 'x',
      repeat('x', 1000)))))
$$;
select lives_ok('select pg_temp.check_response(pg_temp.of_size(33554432))', '32 MiB are taken');
select throws_ok('select pg_temp.check_response(pg_temp.of_size(33554433))', 'LS001',
  'response is larger than 32 MiB', 'one byte more is not');

select * from finish();
rollback;
