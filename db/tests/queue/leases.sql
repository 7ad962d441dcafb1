-- Leases: held on to, given back, and lost.
begin;
select plan(21);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql

create function pg_temp.left_of(p_conversation uuid) returns interval
language sql
as $$
  select q.lease_until - clock_timestamp() from public.lead_sync_queue q
  where q.conversation_id = p_conversation
$$;

-- extend_leases
select pg_temp.given_lead() as lead \gset
select pg_temp.claim(:'lead') ->> 'lease_token' as token \gset
select is(lead_sync.extend_leases(array[:'token', gen_random_uuid()]::uuid[], '10 min'), 1,
  'a current lease is extended, an unknown one passed over');
select cmp_ok(pg_temp.left_of(:'lead'), '>', interval '9 min', 'it lasts longer');
select lead_sync.extend_leases(array[:'token']::uuid[], '1 s');
select cmp_ok(pg_temp.left_of(:'lead'), '>', interval '9 min', 'and is never cut short');
update public.lead_sync_queue set lease_started_at = now() - interval '61 min'
where conversation_id = :'lead';
select is(lead_sync.extend_leases(array[:'token']::uuid[], '10 min'), 0,
  'nobody holds an item for more than an hour');
select throws_ok(format('select lead_sync.extend_leases(''{}'', %s)', a), 'LS001', null,
  'refused: ' || a)
from unnest(array['null', $$'0 s'$$, $$'61 min'$$]) as a;

-- release_items
select is(lead_sync.release_items(array[:'token', gen_random_uuid()]::uuid[]), 1,
  'an item is given back');
select results_eq(format('select status::text, retry_count, next_retry_at, lease_token '
  'from public.lead_sync_queue where conversation_id = %L', :'lead'),
  $$values ('pending', 0, null::timestamptz, null::uuid)$$, 'uncounted, and due at once');
select is(lead_sync.release_items(array[:'token']::uuid[]), 0, 'a second time is one too many');
select isnt(pg_temp.claim(:'lead'), null, 'it can be claimed again');

-- rescue_expired_leases
select is(lead_sync.rescue_expired_leases(), 0, 'a lease that lasts is left alone');
update public.lead_sync_queue set lease_until = now() - interval '1 s'
where conversation_id = :'lead';
select is(lead_sync.rescue_expired_leases(), 1, 'one that has expired is rescued');
select results_eq(format('select status::text, retry_count, error_code::text, lease_token '
  'from public.lead_sync_queue where conversation_id = %L', :'lead'),
  $$values ('pending', 1, 'lease_expired', null::uuid)$$, 'the attempt counts');
select results_eq(format('select sync_status::text, error_code::text from public.lead_sync_log '
  'where conversation_id = %L', :'lead'), $$values ('retry', 'lease_expired')$$,
  'the log has it');

-- a save may have been on its way
update public.lead_sync_queue set next_retry_at = null where conversation_id = :'lead';
insert into lead_sync_private.property_setting (property_id, name, value)
select property_id, 'settle_time', '100' from public.lead_sync_queue
where conversation_id = :'lead';
select pg_temp.claim(:'lead');
select lead_sync.advance_item(item, token, '{"outcome": "ok", "leads": []}') from held;
select lead_sync.advance_item(item, token, '{"outcome": "ok", "leads": []}') from held;
update public.lead_sync_queue set lease_until = now() - interval '1 s'
where conversation_id = :'lead';
select lead_sync.rescue_expired_leases();
select collect_tap(
  ok(next_retry_at - clock_timestamp() between interval '95 s' and interval '100 s',
    'after a save the settle time is waited for'),
  ok(state ? 'sent', 'and what was sent is kept'))
from public.lead_sync_queue where conversation_id = :'lead';

-- the last retry
update public.lead_sync_queue set next_retry_at = null, retry_count = max_retries
where conversation_id = :'lead';
select pg_temp.claim(:'lead');
update public.lead_sync_queue set lease_until = now() - interval '1 s'
where conversation_id = :'lead';
select lead_sync.rescue_expired_leases();
select results_eq(format('select status::text, error_code::text '
  'from public.lead_sync_queue where conversation_id = %L', :'lead'),
  $$values ('failed', 'lease_expired')$$, 'at max_retries the item fails');
select throws_ok(format('select lead_sync.rescue_expired_leases(%s)', a), 'LS001', null,
  'refused: ' || a)
from unnest(array['null', '0', '10001']) as a;

select * from finish();
rollback;
