-- public.sync_success_rates
begin;
\i db/tests/support/catalogue.psql
\i db/tests/support/fixtures.psql
select plan(9);

-- surface
select results_eq(
  $$select name, type from pg_temp.columns_of('public.sync_success_rates')$$,
  $$values
    ('property_id', 'uuid'),
    ('sync_direction', 'character varying(20)'),
    ('sync_type', 'character varying(50)'),
    ('total_operations', 'bigint'),
    ('successful_operations', 'bigint'),
    ('success_rate', 'numeric'),
    ('avg_processing_time', 'numeric'),
    ('last_operation', 'timestamp with time zone')$$,
  'the columns of the specification');
select view_owner_is('public', 'sync_success_rates', 'lead_sync_owner',
  'it belongs to the package');
select table_privs_are('public', 'sync_success_rates', 'lead_sync_monitor',
  array['SELECT'], 'lead_sync_monitor may read it');
select table_privs_are('public', 'sync_success_rates', 'public', array[]::text[],
  'PUBLIC may not');
select is_empty($$select pg_temp.columns_without_comment('public.sync_success_rates')$$,
  'every column has a comment');

insert into public.lead_sync_log
  (property_id, sync_direction, sync_type, sync_status, processing_time_ms, created_at)
values
  ('00000000-0000-4000-8000-00000000000a', 'to_resman', 'create', 'success', 100, now()),
  ('00000000-0000-4000-8000-00000000000a', 'to_resman', 'create', 'success', 200, now()),
  ('00000000-0000-4000-8000-00000000000a', 'to_resman', 'create', 'retry', 300, now()),
  ('00000000-0000-4000-8000-00000000000a', 'from_resman', 'update', 'failed', null, now()),
  ('00000000-0000-4000-8000-00000000000b', 'to_resman', 'create', 'success', 100,
   now() - interval '25 hours');

-- happy path
select results_eq(
  $$select sync_direction::text, sync_type::text, total_operations, successful_operations,
      success_rate, round(avg_processing_time), last_operation = now()
    from public.sync_success_rates
    where property_id = '00000000-0000-4000-8000-00000000000a' order by 1$$,
  $$values ('from_resman', 'update', 1::bigint, 0::bigint, 0.00, null::numeric, true),
           ('to_resman', 'create', 3::bigint, 2::bigint, 66.67, 200, true)$$,
  'attempts are counted by property, direction and type');

-- edges
select is_empty(
  $$select 1 from public.sync_success_rates
    where property_id = '00000000-0000-4000-8000-00000000000b'$$,
  'what is older than 24 hours does not count');

-- effects
set local role lead_sync_monitor;
select isnt_empty('select * from public.sync_success_rates',
  'lead_sync_monitor reads it');
reset role;

-- a grant on everything in public, as DomIQ's own migrations give, opens nothing
grant select on public.sync_success_rates to app_readonly;
set local role app_readonly;
select is_empty('select * from public.sync_success_rates',
  'a role of DomIQ''s sees no row');
reset role;

select * from finish();
rollback;
