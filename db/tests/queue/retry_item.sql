-- retry_item: an attempt that failed in a way that may pass.
begin;
select plan(20);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.retry_item'),
  'text | volatile | enable_seqscan=off jit=off | -',
  'no role may call it');

create function pg_temp.retry(p_lead uuid, p_state jsonb, p_counted boolean,
  p_at_least interval default null) returns text
language sql
as $$
  select lead_sync_private.retry_item(q, p_state, p_counted, 'code', 'in words',
    '{"outcome": "failed"}', p_at_least)
  from pg_temp.item(p_lead) q
$$;

-- happy path
select pg_temp.given_lead() as lead \gset
select pg_temp.claim(:'lead');
select is(pg_temp.retry(:'lead', '{"step": "read", "asking": {"call": "x"}}', true), 'retry',
  'it is tried again');
select collect_tap(
  is(q.status, 'pending', 'it waits'),
  is(q.retry_count, 1, 'counted'),
  is(q.error_code || ': ' || q.error_message, 'code: in words', 'with the reason'),
  is(q.state, '{"step": "read", "asking": {"call": "x"}, "failures": 1}',
    'and knows how many failures in a row there were'),
  ok(q.next_retry_at between now() and clock_timestamp() + interval '1 s', 'up to a second'))
from pg_temp.item(:'lead') q;
select is(pg_temp.logged(:'lead'), 'update retry code', 'the attempt is logged');
select collect_tap(
  is(l.sync_data - 'conversation_id', '{"step": "read", "request": {"call": "x"}}',
    'with what was sent'),
  is(l.response_data, '{"outcome": "failed"}', 'what came back'),
  is(l.error_message, 'in words', 'and the reason'))
from public.lead_sync_log l where l.conversation_id = :'lead';

-- edges
select is(pg_temp.retry(:'lead', '{"failures": 6}', false, '100 s'), 'retry',
  'one not counted');
select collect_tap(
  is(q.retry_count, 1, 'uses up none'),
  is(q.state, '{"failures": 7}', 'but is a failure in a row'),
  ok(q.next_retry_at between now() + interval '100 s' and clock_timestamp() + interval '100 s',
    'and waits at least as long as asked for'))
from pg_temp.item(:'lead') q;
update public.lead_sync_queue set retry_count = null, max_retries = 2
where conversation_id = :'lead';
select is(array[pg_temp.retry(:'lead', '{}', true), pg_temp.retry(:'lead', '{}', true),
  pg_temp.retry(:'lead', '{}', true)], array['retry', 'retry', 'failed'],
  'max_retries counted attempts, then it fails');
select is(q.status || q.retry_count, 'failed2', 'it is a dead letter')
from pg_temp.item(:'lead') q;
update public.lead_sync_queue set retry_count = null, max_retries = null
where conversation_id = :'lead';
select is(pg_temp.retry(:'lead', '{}', true), 'failed',
  'without max_retries there is no retry');

update public.lead_sync_queue set retry_count = null, max_retries = 1
where conversation_id = :'lead';
select is(pg_temp.retry(:'lead', '{}', true), 'retry', 'an unknown count is none');

-- effects
select is(pg_temp.logged(:'lead'), concat_ws(', ', 'update retry code', 'update retry code',
  'update retry code', 'update retry code', 'update failed code', 'update failed code',
  'update retry code'),
  'every attempt has its row in the log');

select * from finish();
rollback;
