-- claim_items: what a runner is given, in which order, and what it is not given.
begin;
select plan(34);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync.claim_items'),
  'TABLE(item_id uuid, lease_token uuid, property_id uuid, conversation_id uuid, '
  'sync_operation text, attempt integer, request jsonb, connection jsonb) '
  '| volatile definer | '
  'enable_seqscan=off jit=off plan_cache_mode=force_generic_plan | lead_sync_runner', 'a runner claims');

-- the lease and the request
select pg_temp.given_lead() as lead \gset
select pg_temp.claim(:'lead') as claim \gset
select collect_tap(
  is(q.status, 'processing', 'a claimed item is in flight'),
  is(q.runner_id, 'runner', 'and names its runner'),
  is(q.attempt, 1, 'and counts its attempt'),
  is(q.lease_token, h.token, 'the token is the one handed out'),
  ok(q.lease_until - clock_timestamp() between interval '55 s' and interval '60 s',
    'the lease lasts as long as asked for'),
  ok(q.lease_started_at between now() and clock_timestamp(), 'and began at the claim'))
from public.lead_sync_queue q join held h on h.item = q.id where h.conversation_id = :'lead';
select is((:'claim'::jsonb -> 'request') - array['issued_at', 'deadline_s', 'wait_s'],
  jsonb_build_object('call', 'search_leads', 'by', jsonb_build_object('email', u.email)),
  'the first request searches by e-mail')
from public.conversation c join public."user" u on u.id = c.user_id where c.id = :'lead';
select is((:'claim'::jsonb #>> '{request,issued_at}')::timestamptz between now()
  and clock_timestamp(), true, 'the request says when it was issued');
select is((:'claim'::jsonb #>> '{request,wait_s}')::numeric, 0::numeric,
  'and that its place under the rate is now');
select cmp_ok((:'claim'::jsonb #>> '{request,deadline_s}')::numeric, '<', 60::numeric,
  'it may only be sent well before the lease ends');
select is(:'claim'::jsonb #> '{connection,credentials}', pg_temp.given_envelope(),
  'the credentials stay sealed');
select is(pg_temp.claim(:'lead'), null, 'an item in flight is not claimed again');

-- order
select pg_temp.given_lead() as first \gset
select b.property_id as property from public.conversation c
join public.chatbot b on b.id = c.chatbot_id where c.id = :'first' \gset
select pg_temp.given_conversation(pg_temp.given_user(), :'property') as second \gset
select pg_temp.given_conversation(pg_temp.given_user(), :'property') as third \gset
select pg_temp.given_conversation(pg_temp.given_user(), :'property') as fourth \gset
update public.lead_sync_queue set priority = 1 where conversation_id = :'first';
update public.lead_sync_queue set priority = 3 where conversation_id = :'fourth';
select results_eq(
  $$select conversation_id from lead_sync.claim_items('runner', 3, '60 s')$$,
  array[:'fourth', :'second', :'third']::uuid[],
  'priority goes first, then arrival, and no more than the limit');
select isnt(pg_temp.claim(:'first'), null, 'the least important one follows');

-- one item of a conversation
select pg_temp.given_lead() as lead \gset
select pg_temp.given_notification(:'lead');
select results_eq(format('select count(*) from public.lead_sync_queue '
  'where conversation_id = %L and status = ''pending''', :'lead'), array[2::bigint],
  'a push and an enrichment wait');
select results_eq(
  $$select sync_operation from lead_sync.claim_items('runner', 100, '60 s')$$,
  array['push'], 'only one item of a conversation is given out');
select pg_temp.given_lead() as other \gset
select is(pg_temp.claim(:'lead'), null, 'nor another one while it is in flight');
select isnt((select claim from held where conversation_id = :'other'), null,
  'the conversations behind it are');

-- properties that may not be called
create temporary table stopped as
select pg_temp.given_lead() as lead, v.change
from (values ('sync_status = ''paused'''), ('sync_status = ''disconnected'''),
  ('sync_enabled = false')) as v(change);
select pg_temp.given_lead() as other \gset
do $$
declare
  v_each record;
begin
  for v_each in select * from stopped loop
    execute format('update public.resman_integration i set %s where i.property_id = '
      '(select property_id from public.lead_sync_queue where conversation_id = %L)',
      v_each.change, v_each.lead);
  end loop;
end
$$;
select results_eq(
  $$select conversation_id from lead_sync.claim_items('runner', 100, '60 s')$$,
  array[:'other']::uuid[], 'only properties that are enabled and active are claimed for');

-- what ends without a request
update public.lead_sync_queue set status = 'completed' where status <> 'completed';
select pg_temp.given_lead() as ended, pg_temp.given_lead() as waits,
  pg_temp.given_lead() as lead
\gset
update public.lead_sync_queue set sync_operation = 'merge' where conversation_id = :'ended';
update public.lead_sync_queue set lane = null, sync_operation = 'enrichment'
where conversation_id = :'waits';
select results_eq(
  $$select conversation_id, sync_operation, attempt, property_id
    from lead_sync.claim_items('runner', 1000, '1 hour')$$,
  format('values (%L::uuid, ''push'', 1, %L::uuid)', :'lead', pg_temp.property_of(:'lead')),
  'an item that makes no request is not given out, and holds up no other');
select results_eq(format('select status::text from public.lead_sync_queue '
  'where conversation_id in (%L, %L) order by seq', :'ended', :'waits'),
  array['failed', 'pending'], 'it has ended, or been put off');
select is(q.lease_length, interval '1 hour', 'an hour is the longest lease')
from pg_temp.item(:'lead') q;
select is_empty($$select * from lead_sync.claim_items(repeat('r', 200), 1, '1 us')$$,
  'when nothing is due nothing is claimed');

-- one that cannot be claimed now
select pg_temp.given_lead() as lead \gset
update public.lead_sync_queue set conversation_id = null,
  sync_data = jsonb_build_object('conversation_id', gen_random_uuid())
where conversation_id = :'lead';
select pg_temp.given_lead() as other \gset
select results_eq($$select conversation_id from lead_sync.claim_items('runner', 2, '60 s')$$,
  array[:'other']::uuid[], 'what a claim has to leave holds up no other');

-- arguments
select throws_ok(format('select lead_sync.claim_items(%s)', a), 'LS001', null, 'refused: ' || a)
from unnest(array[
  $$null, 1, '60 s'$$, $$' ', 1, '60 s'$$, $$repeat('r', 201), 1, '60 s'$$,
  $$'r', null, '60 s'$$, $$'r', 0, '60 s'$$, $$'r', 1001, '60 s'$$,
  $$'r', 1, null$$, $$'r', 1, '0 s'$$, $$'r', 1, '1 hour 1 us'$$]) as a;

select * from finish();
rollback;
