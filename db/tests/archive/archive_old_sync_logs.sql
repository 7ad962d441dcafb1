-- public.archive_old_sync_logs and lead_sync.archive_old_sync_logs
begin;
\i db/tests/support/fixtures.psql
select plan(22);

-- surface
select function_returns('public', 'archive_old_sync_logs', array['interval', 'integer'],
  'bigint', 'the function of the specification says how many rows it moved');
select is_definer('public', 'archive_old_sync_logs', array['interval', 'integer'],
  'it runs with its owner''s rights');
select function_owner_is('public', 'archive_old_sync_logs', array['interval', 'integer'],
  'lead_sync_owner', 'which is the package''s');
select function_privs_are(
  'public', 'archive_old_sync_logs', array['interval', 'integer'], 'lead_sync_service',
  array['EXECUTE'], 'services may call it');
select function_privs_are(
  'public', 'archive_old_sync_logs', array['interval', 'integer'], 'public',
  array[]::text[], 'PUBLIC may not');
select function_privs_are(
  'lead_sync', 'archive_old_sync_logs', array['interval', 'integer'], 'lead_sync_service',
  array['EXECUTE'], 'services may call it in the interface''s schema');
select function_privs_are(
  'lead_sync', 'archive_old_sync_logs', array['interval', 'integer'], 'public',
  array[]::text[], 'PUBLIC may not');

select is_empty(
  $$select a.attname from pg_attribute a
    join pg_proc p on p.oid = 'public.archive_old_sync_logs(interval, int)'::regprocedure
    where a.attrelid = 'public.lead_sync_log'::regclass and a.attnum > 0
      and not a.attisdropped and p.prosrc !~ format('m\.%s\y', a.attname)$$,
  'it names every column of the table');

insert into public.lead_sync_log
  (resman_lead_id, sync_direction, sync_status, sync_type, sync_data, response_data,
   error_message, error_code, conflict_resolution, conflict_details, retry_count,
   processing_time_ms, property_id, item_id, attempt, sync_operation, created_at)
select v.label, 'to_resman', 'failed', 'update', '{"a": 1}', '{"b": 2}', 'text', 'rejected',
       'merged', '{"c": 3}', 1, 250, gen_random_uuid(), gen_random_uuid(), 2, 'push',
       now() - v.age
from (values
  ('old', interval '91 days'),
  ('older', interval '200 days'),
  ('young', interval '89 days')) as v(label, age);
create temporary table given as
select t.id, to_jsonb(t) as row from public.lead_sync_log t;

-- errors
select throws_ok(
  format('select public.archive_old_sync_logs(%s)', c.arguments), 'LS001', null,
  format('refused: %s', c.arguments))
from (values ('null'), ($$interval '-1 day'$$), ('p_batch => 0'), ('p_batch => null'))
  as c(arguments);

-- happy path
select is(public.archive_old_sync_logs(p_batch => 1), 1::bigint,
  'a call moves p_batch rows');
select is((select resman_lead_id::text from public.lead_sync_log_archive), 'older',
  'the oldest first');
select is(public.archive_old_sync_logs(), 1::bigint, 'the next call moves the rest');
select is(public.archive_old_sync_logs(), 0::bigint, 'then there is nothing left to move');
select results_eq('select resman_lead_id::text from public.lead_sync_log order by 1',
  $$values ('young')$$, 'what is not due stays');
select is_empty(
  $$select 1 from public.lead_sync_log_archive a join given g on g.id = a.id
    where to_jsonb(a) - 'archived_at' is distinct from g.row or a.archived_at <> now()$$,
  'a row is kept as it was, column by column');

-- edges
insert into public.lead_sync_log (sync_direction, sync_status, sync_type, created_at)
values ('to_resman', 'success', 'update', now());
select is(public.archive_old_sync_logs(interval '10 days'), 1::bigint,
  'a shorter retention reaches further');

insert into public.lead_sync_log (sync_direction, sync_status, sync_type, created_at)
values ('to_resman', 'success', 'update', now() - interval '90 days'),
  ('to_resman', 'success', 'update', now() - interval '90 days 1 us');
select is(lead_sync.archive_old_sync_logs(interval '90 days'), 1::bigint,
  'an entry becomes due after the retention, not at its end');

-- effects
delete from public.lead_sync_log;
insert into public.lead_sync_log (sync_direction, sync_status, sync_type, created_at)
select 'to_resman', 'success', 'update', now() - interval '90 days' - n * interval '1 s'
from generate_series(1, 10001) as n;
select is(lead_sync.archive_old_sync_logs(), 10000::bigint,
  'by default 90 days, ten thousand at a time');
delete from public.lead_sync_log;
set local role lead_sync_service;
select is(lead_sync.archive_old_sync_logs(interval '0'), 0::bigint,
  'a service moves all that is closed with a retention of nothing');
reset role;

select * from finish();
rollback;
