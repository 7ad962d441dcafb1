-- release_items: given back unsent.
begin;
select plan(13);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync.release_items'),
  'integer | volatile definer | enable_seqscan=off jit=off | lead_sync_runner',
  'a runner gives items back');

select pg_temp.given_silent_item('{"status": "processing", "attempt": 1}') as lead,
  pg_temp.given_silent_item('{"status": "processing", "attempt": 1}') as other \gset
update public.lead_sync_queue set lease_token = gen_random_uuid(), lane = conversation_id,
  lease_until = now() + interval '60 s', state = '{"sent": {"pushed": []}, "step": "save",
    "email": {"leads": []}}', error_code = 'earlier', error_message = 'earlier';
select lease_token as token from pg_temp.item(:'lead') \gset
select to_jsonb(q)::text as other_before from pg_temp.item(:'other') q \gset

-- edges
select is(lead_sync.release_items(array[]::uuid[]), 0, 'no token, no item');
select is(lead_sync.release_items(array[gen_random_uuid(), null]::uuid[]), 0,
  'an unknown token is passed over');
select ok(not pg_temp.woken(), 'and nobody is woken');

-- happy path
select is(lead_sync.release_items(array[:'token', gen_random_uuid()]::uuid[]), 1,
  'an item is given back');
select results_eq(format('select status::text, attempt, retry_count, next_retry_at,
  lease_token, '
  'lease_until, error_code::text, error_message from pg_temp.item(%L)', :'lead'),
  $$values ('pending', 1, 0, null::timestamptz, null::uuid, null::timestamptz, null, null)$$,
  'uncounted, and due at once');
select is(q.state, '{"sent": {"pushed": []}, "step": "save"}',
  'a save of unknown outcome is not forgotten') from pg_temp.item(:'lead') q;
select ok(pg_temp.woken(), 'runners are told');
select is(to_jsonb(q), :'other_before'::jsonb, 'other items stay as they are')
from pg_temp.item(:'other') q;
select is(lead_sync.release_items(array[:'token']::uuid[]), 0, 'a second time is one too many');
select isnt(pg_temp.claim(:'lead'), null, 'it can be claimed again');

-- two at once, one of which has ended
select token from held where conversation_id = :'lead' \gset
update public.lead_sync_queue set status = 'completed' where conversation_id = :'other';
select is(lead_sync.release_items(
  (select array_agg(q.lease_token) from public.lead_sync_queue q)), 1,
  'what has ended cannot be given back');
select is(q.status, 'completed', 'and stays ended') from pg_temp.item(:'other') q;

select * from finish();
rollback;
