-- list_items: pages of the queue, in order of arrival.
begin;
select plan(25);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select matches(pg_temp.surface_of('lead_sync.list_items'),
  '^TABLE\(.*\) \| stable definer \| - \| lead_sync_service$', 'services may call it');
select unalike(pg_temp.surface_of('lead_sync.list_items'), '%token%', 'no token is shown');

-- happy path
select pg_temp.given_lead() as lead, pg_temp.given_lead() as second,
  pg_temp.given_lead() as third
\gset
update public.lead_sync_queue set status = 'failed', error_code = 'code',
  error_message = 'words',
  resman_lead_id = 'L1', next_retry_at = '2030-01-01', runner_id = 'runner', attempt = 4,
  retry_count = 2, max_retries = 5, priority = 3, lease_until = '2030-01-02',
  folded_into = gen_random_uuid(), processed_at = '2030-01-03', updated_at = '2030-01-04',
  sync_data = '{"a": 1}'
where conversation_id = :'second';
select results_eq(
  format('select to_jsonb(l) from lead_sync.list_items(%L) l', pg_temp.property_of(:'second')),
  format($$select jsonb_build_object('item_id', q.id, 'seq', q.seq, 'property_id',
    q.property_id, 'conversation_id', q.conversation_id, 'resman_lead_id', 'L1',
    'sync_operation', 'push', 'status', 'failed', 'priority', 3, 'attempt', 4, 'retry_count', 2,
    'max_retries', 5, 'next_retry_at', q.next_retry_at, 'error_code', 'code', 'error_message',
    'words', 'runner_id', 'runner', 'lease_until', q.lease_until, 'folded_into', q.folded_into,
    'sync_data', q.sync_data, 'created_at', q.created_at, 'updated_at', q.updated_at,
    'processed_at', q.processed_at) from pg_temp.item(%L) q$$, :'second'),
  'what an item is like');
create function pg_temp.listed(p_property uuid default null, p_status text default null,
  p_limit integer default 100, p_after uuid default null) returns text
language sql
as $$
  select coalesce(string_agg(l.place::text, '' order by l.n), '') from (
    select i.n, (select count(*) from public.lead_sync_queue q where q.seq <= i.seq) as place
    from (select row_number() over () as n, x.seq
      from lead_sync.list_items(p_property, p_status, p_limit, p_after) x) as i) as l
$$;
select is(pg_temp.listed(), '123', 'all, by arrival');
select is(pg_temp.listed(p_property => pg_temp.property_of(:'third')), '3', 'of a property');
select is(pg_temp.listed(p_status => 'pending'), '13', 'in a state');
select is(pg_temp.listed(pg_temp.property_of(:'third'), 'failed'), '', 'both');

-- edges: pages
select is(pg_temp.listed(p_limit => 2), '12', 'a page');
select is(pg_temp.listed(p_limit => 2, p_after => (pg_temp.item(:'second')).id), '3',
  'the next');
select is(pg_temp.listed(p_after => (pg_temp.item(:'third')).id), '', 'none after the last');
select is(pg_temp.listed(p_limit => 10000), '123', 'ten thousand at most');
update public.lead_sync_queue set processed_at = '2020-01-01' where conversation_id = :'second';
select (pg_temp.item(:'second')).id as archived \gset
select public.cleanup_old_queue_items();
select is(pg_temp.listed(p_after => :'archived'), '2', 'after one that was archived since');
insert into public.lead_sync_queue_archive
select a.* from public.lead_sync_queue_archive a;
select is(pg_temp.listed(p_after => :'archived'), '2', 'even if the archive has it twice');
select is(pg_temp.listed(p_property => gen_random_uuid()), '', 'an unknown property has none');

-- errors
select throws_ok(format('select * from lead_sync.list_items(%s)', a), 'LS001', message,
  'refused: ' || a)
from (values ($$p_status => 'dead'$$, 'unknown status'), ($$p_status => ''$$, 'unknown status'),
  ('p_limit => null', 'limit is out of range'), ('p_limit => 0', 'limit is out of range'),
  ('p_limit => -1', 'limit is out of range'), ('p_limit => 10001', 'limit is out of range'))
  as v(a, message);
select throws_ok('select * from lead_sync.list_items(p_after => gen_random_uuid())', 'LS002',
  'no such item to list after', 'refused: a page after no item');
select lives_ok(format('select * from lead_sync.list_items(p_status => %L)', s), 'state ' || s)
from unnest(array['processing', 'completed', 'cancelled']) as s;

-- effects
insert into public.lead_sync_queue (property_id, sync_operation, sync_data)
select gen_random_uuid(), 'pull', '{}' from generate_series(1, 120);
select is(count(*), 100::bigint, 'by default a hundred') from lead_sync.list_items();

select * from finish();
rollback;
