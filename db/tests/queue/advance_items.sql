-- advance_items: several answers at once, each item on its own.
begin;
select plan(12);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync.advance_items'),
  'TABLE(item_id uuid, result jsonb) | volatile definer | '
  'enable_seqscan=off jit=off lock_timeout=500ms plan_cache_mode=force_generic_plan | lead_sync_runner',
  'the runner hands in a list of answers');

-- happy path
select pg_temp.given_lead() as one, pg_temp.given_lead() as two, pg_temp.given_lead() as three
\gset
select pg_temp.claim(:'one');
create temporary table given as
select row_number() over (order by h.item) as n, h.* from held h;
create function pg_temp.answers(p_response jsonb, p_order integer default 1) returns jsonb
language sql
as $$
  select jsonb_agg(jsonb_build_object('item_id', g.item, 'lease_token', g.token,
    'response', p_response) order by g.n * p_order)
  from given g
$$;
select results_eq(
  $$select item_id, result #>> '{request,call}', result #> '{request,by}' ? 'phone'
    from lead_sync.advance_items(pg_temp.answers('{"outcome": "ok", "leads": []}', -1))$$,
  $$select item, 'search_leads', true from given order by n$$,
  'each item gets what comes next for it, in the order of the items');
select results_eq('select state ->> ''step'' from public.lead_sync_queue',
  array['phone', 'phone', 'phone'], 'and has taken its answer in');

-- edges
select is_empty($$select * from lead_sync.advance_items('[]')$$, 'no answers, no results');
select results_eq(
  $$select item_id, result from lead_sync.advance_items(jsonb_build_array(
    jsonb_build_object('item_id', '00000000-0000-4000-8000-000000000000',
      'lease_token', gen_random_uuid(), 'response', '{"outcome": "ok"}'::jsonb)))$$,
  $$values ('00000000-0000-4000-8000-000000000000'::uuid, '{"stale": true}'::jsonb)$$,
  'an item that is gone is stale');

-- errors
select throws_ok(format('select * from lead_sync.advance_items(%L)', a), 'LS001',
  'answers are not a list', 'refused: ' || coalesce(a, 'null'))
from unnest(array[null, 'null', '{}', '"[]"']) as a;
select results_eq(
  $$select item_id, result from lead_sync.advance_items(
    '[{"item_id": "I1", "lease_token": "T1", "response": {"outcome": "ok"}}, 7]')$$,
  $$values (null::uuid,
      '{"error": "LS001", "message": "item id or lease token is missing"}'::jsonb),
    (null, '{"error": "LS001", "message": "item id or lease token is missing"}')$$,
  'what names no item is an error of its own');
select results_eq(
  $$select result - 'request', result #>> '{request,call}' from lead_sync.advance_items(
    jsonb_set(pg_temp.answers('{"outcome": "ok", "leads": []}'), '{0,response}', '[]'))$$,
  $$values ('{"error": "LS001", "message": "response is not an object"}'::jsonb, null),
    ('{}', 'save_lead'), ('{}', 'save_lead')$$,
  'an answer that is refused leaves the others alone');

-- effects
select results_eq(
  'select q.state ->> ''step'' from given g join public.lead_sync_queue q on q.id = g.item
    order by g.n',
  array['phone', 'save', 'save'], 'and its item as it was');

select * from finish();
rollback;
