-- public.queue_performance_metrics
begin;
\i db/tests/support/catalogue.psql
\i db/tests/support/fixtures.psql
select plan(9);

-- surface
select results_eq(
  $$select name, type from pg_temp.columns_of('public.queue_performance_metrics')$$,
  $$values
    ('sync_operation', 'character varying(50)'),
    ('priority', 'integer'),
    ('status', 'character varying(50)'),
    ('queue_items', 'bigint'),
    ('avg_processing_seconds', 'numeric'),
    ('max_retries', 'integer'),
    ('failed_items', 'bigint')$$,
  'the columns of the specification');
select view_owner_is('public', 'queue_performance_metrics', 'lead_sync_owner',
  'it belongs to the package');
select table_privs_are('public', 'queue_performance_metrics', 'lead_sync_monitor',
  array['SELECT'], 'lead_sync_monitor may read it');
select table_privs_are('public', 'queue_performance_metrics', 'public', array[]::text[],
  'PUBLIC may not');
select is_empty($$select pg_temp.columns_without_comment('public.queue_performance_metrics')$$,
  'every column has a comment');

insert into public.lead_sync_queue
  (sync_operation, sync_data, priority, status, retry_count, processed_at, property_id,
   created_at)
select 'pull', '{}', 2, v.status, v.retries, now(), gen_random_uuid(), now() - v.age
from (values
  ('failed', 3, interval '10 seconds'),
  ('failed', 1, interval '20 seconds'),
  ('completed', 0, interval '25 hours')) as v(status, retries, age);

-- happy path
select results_eq(
  $$select priority, status::text, queue_items, round(avg_processing_seconds), max_retries,
      failed_items
    from public.queue_performance_metrics where sync_operation = 'pull'$$,
  $$values (2, 'failed', 2::bigint, 15::numeric, 3, 2::bigint)$$,
  'items are counted by operation, priority and status');

-- edges
select is_empty(
  $$select 1 from public.queue_performance_metrics where status = 'completed'$$,
  'what was queued more than 24 hours ago does not count');

-- effects
set local role lead_sync_monitor;
select isnt_empty('select * from public.queue_performance_metrics',
  'lead_sync_monitor reads it');
reset role;

-- a grant on everything in public, as DomIQ's own migrations give, opens nothing
grant select on public.queue_performance_metrics to app_readonly;
set local role app_readonly;
select is_empty('select * from public.queue_performance_metrics',
  'a role of DomIQ''s sees no row');
reset role;

select * from finish();
rollback;
