-- claim_items: what a runner is given, in which order, and what it is not given.
begin;
select plan(34);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql

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
select is((:'claim'::jsonb -> 'request') - array['issued_at', 'deadline_s'],
  jsonb_build_object('call', 'search_leads', 'by', jsonb_build_object('email', u.email)),
  'the first request searches by e-mail')
from public.conversation c join public."user" u on u.id = c.user_id where c.id = :'lead';
select is((:'claim'::jsonb #>> '{request,issued_at}')::timestamptz between now()
  and clock_timestamp(), true, 'the request says when it was issued');
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

-- folding
create function pg_temp.given_item(p_conversation uuid, p_priority integer) returns uuid
language plpgsql
as $$
declare
  v_id uuid;
begin
  insert into public.lead_sync_queue
    (conversation_id, property_id, sync_operation, sync_data, status, priority)
  select q.conversation_id, q.property_id, 'push', q.sync_data, 'cancelled', p_priority
  from public.lead_sync_queue q where q.conversation_id = p_conversation
  order by q.seq limit 1
  returning id into v_id;
  update public.lead_sync_queue q set status = 'pending' where q.id = v_id;
  return v_id;
end
$$;
select pg_temp.given_lead() as lead \gset
select id as oldest from public.lead_sync_queue where conversation_id = :'lead' \gset
select pg_temp.given_item(:'lead', 3) as younger \gset
select is(pg_temp.claim(:'lead') ->> 'item_id', :'oldest', 'the oldest of a key is claimed');
select results_eq(format('select status::text, folded_into, error_code::text '
  'from public.lead_sync_queue where id = %L', :'younger'),
  format('values (''cancelled'', %L::uuid, ''folded'')', :'oldest'),
  'the younger one is folded into it');
select is(priority, 3, 'its priority lives on') from public.lead_sync_queue where id = :'oldest';

-- backoff
select pg_temp.given_lead() as lead \gset
select id as oldest from public.lead_sync_queue where conversation_id = :'lead' \gset
update public.lead_sync_queue set next_retry_at = now() + interval '1 hour' where id = :'oldest';
select is(pg_temp.claim(:'lead'), null, 'an item that backs off is not claimed');
select pg_temp.given_item(:'lead', 2) as younger \gset
select is(pg_temp.claim(:'lead'), null, 'nor is a younger one in its place');
select results_eq(format('select status::text, folded_into, next_retry_at '
  'from public.lead_sync_queue where conversation_id = %L order by seq', :'lead'),
  format('values (''pending'', null::uuid, now() + interval ''1 hour''), '
    '(''cancelled'', %L::uuid, null)', :'oldest'),
  'the oldest survives the fold with its backoff');
update public.lead_sync_queue set next_retry_at = now() - interval '1 s' where id = :'oldest';
select is(pg_temp.claim(:'lead') ->> 'item_id', :'oldest', 'it is claimed once the time is over');

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

-- arguments
select throws_ok(format('select lead_sync.claim_items(%s)', a), 'LS001', null, 'refused: ' || a)
from unnest(array[
  $$null, 1, '60 s'$$, $$' ', 1, '60 s'$$, $$repeat('r', 201), 1, '60 s'$$,
  $$'r', null, '60 s'$$, $$'r', 0, '60 s'$$, $$'r', 1001, '60 s'$$,
  $$'r', 1, null$$, $$'r', 1, '0 s'$$, $$'r', 1, '61 min'$$]) as a;

select * from finish();
rollback;
