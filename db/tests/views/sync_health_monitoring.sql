-- public.sync_health_monitoring
begin;
\i db/tests/support/catalogue.psql
\i db/tests/support/fixtures.psql
select plan(9);

-- surface
select results_eq(
  $$select name, type from pg_temp.columns_of('public.sync_health_monitoring')$$,
  $$values
    ('metric', 'text'),
    ('count', 'bigint'),
    ('last_occurrence', 'timestamp with time zone')$$,
  'the columns of the specification');
select view_owner_is('public', 'sync_health_monitoring', 'lead_sync_owner',
  'it belongs to the package');
select table_privs_are('public', 'sync_health_monitoring', 'lead_sync_monitor',
  array['SELECT'], 'lead_sync_monitor may read it');
select table_privs_are('public', 'sync_health_monitoring', 'public', array[]::text[],
  'PUBLIC may not');
select is_empty($$select pg_temp.columns_without_comment('public.sync_health_monitoring')$$,
  'every column has a comment');

-- happy path
insert into public.lead_sync_log (sync_direction, sync_type, sync_status, created_at)
values ('to_resman', 'create', 'failed', now() - interval '59 minutes'),
       ('to_resman', 'create', 'failed', now() - interval '61 minutes'),
       ('to_resman', 'create', 'success', now());
insert into public.lead_sync_conflicts (conflict_type, resolution_status, created_at)
values ('data_conflict', 'pending', now() - interval '1 year'),
       ('data_conflict', 'resolved', now());
insert into public.lead_sync_queue (sync_operation, sync_data, status, property_id, created_at)
values ('pull', '{}', 'pending', gen_random_uuid(), now() - interval '1 year'),
       ('pull', '{}', 'completed', gen_random_uuid(), now());
select results_eq(
  'select metric, count, now() - last_occurrence from public.sync_health_monitoring order by 1',
  $$values ('pending_conflicts', 1::bigint, now() - (now() - interval '1 year')),
           ('queue_backlog', 1, now() - (now() - interval '1 year')),
           ('sync_failures', 1, interval '59 minutes')$$,
  'failures of the last hour, and all that waits');

-- edges
delete from public.lead_sync_log;
select is((select count from public.sync_health_monitoring where metric = 'sync_failures'),
  0::bigint, 'without failures the count is nought');

-- effects
set local role lead_sync_monitor;
select isnt_empty('select * from public.sync_health_monitoring',
  'lead_sync_monitor reads it');
reset role;

-- a grant on everything in public, as DomIQ's own migrations give, opens nothing
grant select on public.sync_health_monitoring to app_readonly;
set local role app_readonly;
select is_empty('select * from public.sync_health_monitoring',
  'a role of DomIQ''s sees no row');
reset role;

select * from finish();
rollback;
