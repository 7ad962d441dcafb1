-- rescue_expired_leases: items of a runner that died.
begin;
select plan(24);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync.rescue_expired_leases'),
  'integer | volatile definer | '
  'enable_seqscan=off jit=off lock_timeout=500ms plan_cache_mode=force_generic_plan | lead_sync_runner',
  'a runner rescues what others have lost');

create function pg_temp.expire(p_lead uuid) returns void
language sql
as $$
  update public.lead_sync_queue set lease_until = now() - interval '1 s'
  where conversation_id = p_lead
$$;

-- happy path
select pg_temp.given_lead() as lead \gset
select pg_temp.claim(:'lead');
select is(lead_sync.rescue_expired_leases(), 0, 'a lease that lasts is left alone');
select pg_temp.expire(:'lead');
select is(lead_sync.rescue_expired_leases(), 1, 'one that has expired is rescued');
select results_eq(format('select status::text, retry_count, error_code::text, error_message, '
  'lease_token from pg_temp.item(%L)', :'lead'),
  $$values ('pending', 1, 'lease_expired',
    'the runner that held the item was not heard of again', null::uuid)$$,
  'the attempt counts');
select ok(q.next_retry_at between now() and clock_timestamp() + interval '1 s',
  'it comes back soon') from pg_temp.item(:'lead') q;
select is(pg_temp.logged(:'lead'), 'update retry lease_expired', 'the log has it');
select is(lead_sync.rescue_expired_leases(), 0, 'once');

-- a save may have been on its way
select pg_temp.given_save() as lead \gset
select pg_temp.given_setting(pg_temp.property_of(:'lead'), 'settle_time', '100');
select pg_temp.expire(:'lead');
select lead_sync.rescue_expired_leases();
select collect_tap(
  ok(next_retry_at between now() + interval '100 s' and clock_timestamp() + interval '100 s',
    'after a save the settle time is waited for'),
  ok(state ? 'sent', 'and what was sent is kept'))
from pg_temp.item(:'lead') q;

-- edges: the last retry
select pg_temp.given_lead() as lead \gset
update public.lead_sync_queue set retry_count = max_retries where conversation_id = :'lead';
select pg_temp.claim(:'lead');
select pg_temp.expire(:'lead');
select is(lead_sync.rescue_expired_leases(), 1, 'at max_retries');
select results_eq(format('select status::text, error_code::text from pg_temp.item(%L)',
  :'lead'),
  $$values ('failed', 'lease_expired')$$, 'the item fails');
select is(pg_temp.logged(:'lead'), 'update failed lease_expired', 'the log has that');

-- edges: no more than asked for, the longest expired first
select pg_temp.given_lead() as one, pg_temp.given_lead() as two, pg_temp.given_lead() as three
\gset
select pg_temp.claim(:'one');
select pg_temp.expire(:'one'), pg_temp.expire(:'three');
update public.lead_sync_queue set lease_until = now() - interval '1 hour'
where conversation_id = :'two';
select is(lead_sync.rescue_expired_leases(1), 1, 'no more than the limit');
select results_eq(format('select status::text from public.lead_sync_queue '
  'where conversation_id in (%L, %L, %L) order by seq', :'one', :'two', :'three'),
  array['processing', 'pending', 'processing'], 'the one that expired first');
select is(lead_sync.rescue_expired_leases(10000), 2, 'and then the others');

-- errors
select throws_ok(format('select lead_sync.rescue_expired_leases(%s)', a), 'LS001',
  'limit is out of range', 'refused: ' || a)
from unnest(array['null', '0', '-1', '10001']) as a;

-- effects: by default a hundred
update public.lead_sync_queue set status = 'completed';
select pg_temp.given_lead() as lead \gset
select pg_temp.property_of(:'lead') as property \gset
insert into public.conversation (chatbot_id, user_id, status)
select pg_temp.given_chatbot(:'property'), pg_temp.given_user(), 'new'
from generate_series(1, 100);
update public.lead_sync_queue set status = 'processing', lane = conversation_id,
  lease_token = gen_random_uuid(), lease_until = now() - interval '1 s', max_retries = 0
where status = 'pending' and property_id = :'property';
select is(lead_sync.rescue_expired_leases(), 100, 'by default a hundred at a time');
select is(count(*), 1::bigint, 'the rest waits for the next time')
from public.lead_sync_queue where status = 'processing';

-- a conversation that is gone
update public.lead_sync_queue set conversation_id = null, lane = null
where status = 'processing';
select is(lead_sync.rescue_expired_leases(), 1,
  'an item without a conversation is rescued too');
select is(count(*), 0::bigint, 'nothing is held any more')
from public.lead_sync_queue where status = 'processing';
select ok(not exists (select from public.lead_sync_queue where lease_until is not null
  and status in ('pending', 'failed')), 'and no lease is left');

select * from finish();
rollback;
