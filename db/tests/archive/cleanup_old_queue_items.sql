-- public.cleanup_old_queue_items and lead_sync.cleanup_old_queue_items
begin;
\i db/tests/support/fixtures.psql
select plan(21);

-- surface
select function_returns('public', 'cleanup_old_queue_items', array['interval', 'integer'],
  'bigint', 'the function of the specification says how many rows it moved');
select is_definer('public', 'cleanup_old_queue_items', array['interval', 'integer'],
  'it runs with its owner''s rights');
select function_owner_is('public', 'cleanup_old_queue_items', array['interval', 'integer'],
  'lead_sync_owner', 'which is the package''s');
select function_privs_are(
  'public', 'cleanup_old_queue_items', array['interval', 'integer'], 'lead_sync_service',
  array['EXECUTE'], 'services may call it');
select function_privs_are(
  'public', 'cleanup_old_queue_items', array['interval', 'integer'], 'public',
  array[]::text[], 'PUBLIC may not');
select function_privs_are(
  'lead_sync', 'cleanup_old_queue_items', array['interval', 'integer'], 'lead_sync_service',
  array['EXECUTE'], 'services may call it in the interface''s schema');
select function_privs_are(
  'lead_sync', 'cleanup_old_queue_items', array['interval', 'integer'], 'public',
  array[]::text[], 'PUBLIC may not');

select is_empty(
  $$select a.attname from pg_attribute a
    join pg_proc p on p.oid = 'public.cleanup_old_queue_items(interval, int)'::regprocedure
    where a.attrelid = 'public.lead_sync_queue'::regclass and a.attnum > 0
      and not a.attisdropped and p.prosrc !~ format('m\.%s\y', a.attname)$$,
  'it names every column of the table');

insert into public.lead_sync_queue
  (resman_lead_id, sync_operation, sync_data, priority, retry_count, max_retries,
   next_retry_at, status, error_message, processed_at, property_id, error_code, attempt, state,
   folded_into, created_at, updated_at)
select v.label, 'pull', '{"a": 1}', 3, 1, 5, now(), v.status, 'text', now() - v.age,
       gen_random_uuid(), 'rejected', 4, '{"step": "read"}', gen_random_uuid(),
       now() - interval '1 year', now() - v.age
from (values
  ('old', 'completed', interval '8 days'),
  ('older', 'failed', interval '20 days'),
  ('pending', 'pending', interval '20 days'),
  ('young', 'cancelled', interval '6 days')) as v(label, status, age);
create temporary table given as
select t.id, to_jsonb(t) as row from public.lead_sync_queue t;

-- errors
select throws_ok(
  format('select public.cleanup_old_queue_items(%s)', c.arguments), 'LS001', null,
  format('refused: %s', c.arguments))
from (values ('null'), ($$interval '-1 day'$$), ('p_batch => 0'), ('p_batch => null'))
  as c(arguments);

-- happy path
select is(public.cleanup_old_queue_items(p_batch => 1), 1::bigint,
  'a call moves p_batch rows');
select is((select resman_lead_id::text from public.lead_sync_queue_archive), 'older',
  'the oldest first');
select is(public.cleanup_old_queue_items(), 1::bigint, 'the next call moves the rest');
select is(public.cleanup_old_queue_items(), 0::bigint, 'then there is nothing left to move');
select results_eq('select resman_lead_id::text from public.lead_sync_queue order by 1',
  $$values ('pending'), ('young')$$, 'what is not due stays');
select is_empty(
  $$select 1 from public.lead_sync_queue_archive a join given g on g.id = a.id
    where to_jsonb(a) - 'archived_at' is distinct from g.row or a.archived_at <> now()$$,
  'a row is kept as it was, column by column');

-- edges
insert into public.lead_sync_queue (sync_operation, sync_data, status, processed_at, updated_at)
values ('pull', '{}', 'completed', now() - interval '10 days', now()),
  ('pull', '{}', 'completed', now() - interval '10 days' + interval '1 us', now()),
  ('pull', '{}', 'completed', now(), now() - interval '11 days');
select is(lead_sync.cleanup_old_queue_items(interval '10 days'), 1::bigint,
  'an item is due at the end of the retention after its end, not before');

-- effects
delete from public.lead_sync_queue where status = 'completed';
insert into public.lead_sync_queue (sync_operation, sync_data, status, processed_at)
select 'pull', '{}', 'completed', now() - interval '7 days' - n * interval '1 s'
from generate_series(1, 10001) as n;
select is(lead_sync.cleanup_old_queue_items(), 10000::bigint,
  'by default 7 days, ten thousand at a time');
set local role lead_sync_service;
select is(lead_sync.cleanup_old_queue_items(interval '0'), 2::bigint,
  'a service moves all that is closed with a retention of nothing');
reset role;

select * from finish();
rollback;
