-- find_candidates: which items are due, by priority and arrival, the properties in turn.
begin;
select plan(32);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.find_candidates'),
  'SETOF lead_sync_queue | volatile | enable_bitmapscan=off enable_hashjoin=off '
  'enable_mergejoin=off enable_seqscan=off jit=off | -', 'no role may call it, plan pinned');

create function pg_temp.given_queue(p_property uuid, p_count integer) returns uuid[]
language sql
as $$
  with added as (
    insert into public.conversation (chatbot_id, user_id, status)
    select pg_temp.given_chatbot(p_property), pg_temp.given_user(), 'new'
    from generate_series(1, p_count)
    returning id)
  select array_agg(a.id) from added a
$$;
-- The places of the candidates in the queue, as they come.
create function pg_temp.found(p_limit integer) returns bigint[]
language sql
as $$
  select coalesce(array_agg(c.place order by c.n), '{}') from (
    select q.n, (select count(*) from public.lead_sync_queue x where x.seq <= q.seq) as place
    from lead_sync_private.find_candidates(p_limit) with ordinality as
      q(id, conversation_id, resman_lead_id, sync_operation, sync_data, priority, retry_count,
        max_retries, next_retry_at, status, error_message, processed_at, created_at, updated_at,
        seq, property_id, error_code, attempt, lane, lease_token, lease_until, lease_started_at,
        lease_length, runner_id, state, folded_into, n)) as c
$$;
create function pg_temp.place(p_where text, p_set text) returns void
language plpgsql
as $$
begin
  execute format('update public.lead_sync_queue q set %s from (select id, '
    'row_number() over (order by seq) as n from public.lead_sync_queue) as p '
    'where p.id = q.id and %s', p_set, p_where);
end
$$;

create function pg_temp.let_through(p_property uuid) returns void
language sql
as $$
  select pg_temp.given_integration(p_property);
  select pg_temp.given_setting(p_property, 'in_flight_limit', '1000');
  select pg_temp.given_setting(p_property, 'rate_limit', '0');
$$;

-- happy path: one property
select pg_temp.given_property() as property \gset
select pg_temp.let_through(:'property');
select is(pg_temp.found(10), '{}', 'an empty queue has none');
select pg_temp.given_queue(:'property', 6);
select is(pg_temp.found(10), '{1,2,3,4,5,6}', 'by arrival');
select is(pg_temp.found(1), '{1}', 'no more than the limit');
select is(pg_temp.found(5), '{1,2,3,4,5}', 'whatever it is');
select pg_temp.place('n = 5', 'priority = 3'), pg_temp.place('n = 1', 'priority = 1');
select is(pg_temp.found(10), '{5,2,3,4,6,1}', 'priority goes first');
select is(status, 'pending', 'they are pending still')
from lead_sync_private.find_candidates(1);

-- backoff
select pg_temp.place('n in (2, 5)', 'next_retry_at = now() + interval ''1 hour''');
select is(pg_temp.found(10), '{3,4,6,1}', 'what backs off is passed over');
select pg_temp.place('n = 2', 'next_retry_at = now() - interval ''1 s'''),
  pg_temp.place('n = 5', 'next_retry_at = now() - interval ''2 s''');
select is(pg_temp.found(10), '{3,4,6,1,5,2}',
  'what is due again comes after the new ones, by the time it was due');
select is(pg_temp.found(5), '{3,4,6,1,5}', 'within the limit');
select pg_temp.place('true', 'next_retry_at = now()');
select is(array(select unnest(pg_temp.found(10)) order by 1), '{1,2,3,4,5,6}'::bigint[],
  'due means its time has come');
select is(cardinality(pg_temp.found(4)), 4, 'within the limit as well');

-- in flight
select pg_temp.place('n = 3', 'status = ''processing'', next_retry_at = null');
select pg_temp.given_item((select conversation_id from public.lead_sync_queue
  where status = 'processing'), '{"sync_operation": "enrichment"}');
select pg_temp.place('n <> 3', 'next_retry_at = null, priority = 2');
select is(pg_temp.found(10), '{1,2,4,5,6}', 'items behind one in flight are passed over');
select pg_temp.place('n = 7', 'next_retry_at = now()');
select is(pg_temp.found(10), '{1,2,4,5,6}', 'also those that are due again');
select pg_temp.place('n = 3', 'status = ''completed''');
select is(pg_temp.found(10), '{1,2,4,5,6,7}', 'until it has ended');
select pg_temp.place('n in (1, 2)', 'status = ''failed''');
select pg_temp.place('n = 4', 'status = ''cancelled''');
select is(pg_temp.found(10), '{5,6,7}', 'what has ended is no candidate');

-- hourly and daily
update public.lead_sync_queue set next_retry_at = null;
update public.resman_integration set sync_frequency = 'hourly';
select pg_temp.place('n = 5', 'created_at = date_trunc(''hour'', now()) - interval ''1 s'''),
  pg_temp.place('n = 6', 'created_at = date_trunc(''hour'', now()) + interval ''1 day''');
select pg_temp.place('n = 7', 'created_at = date_trunc(''hour'', now()) - interval ''1 s'',
  next_retry_at = now()');
select is(pg_temp.found(10), '{5,7}', 'hourly: what was queued before the hour');
select pg_temp.place('n = 7', 'created_at = date_trunc(''hour'', now()) + interval ''1 day''');
select is(pg_temp.found(10), '{5}', 'that is due again too');

select pg_temp.place('n in (5, 7)', 'created_at = date_trunc(''hour'', now())');
select is(pg_temp.found(10), '{}', 'what came at the hour waits for the next');

-- properties take turns
delete from public.lead_sync_queue;
update public.resman_integration set sync_frequency = 'realtime';
select pg_temp.given_property() as small \gset
select pg_temp.let_through(:'small');
select pg_temp.given_queue(:'property', 30), pg_temp.given_queue(:'small', 2);
create function pg_temp.shares(p_limit integer) returns text
language sql
as $$
  select string_agg(s.n::text, ' ' order by s.n desc) from (
    select count(*) as n from lead_sync_private.find_candidates(p_limit) c
    group by c.property_id) as s
$$;
select is(pg_temp.shares(2), '1 1', 'each property gets its share');
select is(pg_temp.shares(4), '2 2', 'however much another has');
select is(pg_temp.shares(10), '8 2', 'what one leaves another takes');
select is(pg_temp.shares(1000), '30 2', 'all, if the limit allows');
select is((select count(distinct c.id) from lead_sync_private.find_candidates(1000) c),
  32::bigint, 'and none twice');
update public.lead_sync_queue set next_retry_at = now() where property_id = :'property';
select is(pg_temp.shares(10), '8 2', 'also of those that are due again');

-- properties that may not be called
update public.resman_integration set sync_status = 'paused' where property_id = :'property';
select is(pg_temp.shares(10), '2', 'those that are stopped have none');

-- the gate of a property
update public.resman_integration set sync_status = 'active';
select pg_temp.given_setting(:'property', 'in_flight_limit', '3');
select is(pg_temp.shares(10), '3 2', 'no more than may be in flight');
update public.lead_sync_queue q set status = 'processing', next_retry_at = null
where q.id = (select x.id from public.lead_sync_queue x
  where x.property_id = :'property' limit 1);
select is(pg_temp.shares(10), '2 2', 'with what is in flight already');

-- many properties
select pg_temp.given_queue(p.id, 1) from (
  select pg_temp.given_property() as id from generate_series(1, 60)) as p,
  lateral (select pg_temp.given_integration(p.id)) as i;
delete from public.lead_sync_queue;
select lead_sync_private.enqueue_item(c.id, b.property_id, 'push', 2)
from public.conversation c join public.chatbot b on b.id = c.chatbot_id
where b.property_id not in (:'property', :'small');
select is((select count(distinct c.property_id) from lead_sync_private.find_candidates(1000) c),
  60::bigint, 'all properties have their turn');
select is((select count(*) from lead_sync_private.find_candidates(7) c), 7::bigint,
  'as many as there is room for');
update public.lead_sync_queue set next_retry_at = now();
select is((select count(distinct c.property_id) from lead_sync_private.find_candidates(1000) c),
  60::bigint, 'also for retries alone');
select ok((select count(distinct x.first) > 1 from (
  select c.property_id as first
  from generate_series(1, 20) as n, lead_sync_private.find_candidates(n - n + 1) c) as x),
  'not always the same first');

select * from finish();
rollback;
