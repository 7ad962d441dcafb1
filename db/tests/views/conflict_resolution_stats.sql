-- public.conflict_resolution_stats
begin;
\i db/tests/support/catalogue.psql
\i db/tests/support/fixtures.psql
select plan(9);

-- surface
select results_eq(
  $$select name, type from pg_temp.columns_of('public.conflict_resolution_stats')$$,
  $$values
    ('conflict_type', 'character varying(50)'),
    ('conflict_severity', 'character varying(20)'),
    ('resolution_status', 'character varying(50)'),
    ('total_conflicts', 'bigint'),
    ('resolved_conflicts', 'bigint'),
    ('avg_resolution_hours', 'numeric')$$,
  'the columns of the specification');
select view_owner_is('public', 'conflict_resolution_stats', 'lead_sync_owner',
  'it belongs to the package');
select table_privs_are('public', 'conflict_resolution_stats', 'lead_sync_monitor',
  array['SELECT'], 'lead_sync_monitor may read it');
select table_privs_are('public', 'conflict_resolution_stats', 'public', array[]::text[],
  'PUBLIC may not');
select is_empty($$select pg_temp.columns_without_comment('public.conflict_resolution_stats')$$,
  'every column has a comment');

insert into public.lead_sync_conflicts
  (conflict_type, conflict_severity, resolution_status, resolved_at, created_at)
values
  ('status_conflict', 'low', 'resolved', now(), now() - interval '2 hours'),
  ('status_conflict', 'low', 'resolved', now(), now() - interval '4 hours'),
  ('status_conflict', 'low', 'pending', null, now()),
  ('field_mismatch', 'high', 'pending', null, now() - interval '31 days');

-- happy path
select results_eq(
  $$select resolution_status::text, total_conflicts, resolved_conflicts,
      round(avg_resolution_hours)
    from public.conflict_resolution_stats where conflict_type = 'status_conflict' order by 1$$,
  $$values ('pending', 1::bigint, 0::bigint, null::numeric),
           ('resolved', 2::bigint, 2::bigint, 3)$$,
  'conflicts are counted by type, severity and status');

-- edges
select is_empty(
  $$select 1 from public.conflict_resolution_stats where conflict_type = 'field_mismatch'$$,
  'what was found more than 30 days ago does not count');

-- effects
set local role lead_sync_monitor;
select isnt_empty('select * from public.conflict_resolution_stats',
  'lead_sync_monitor reads it');
reset role;

-- a grant on everything in public, as DomIQ's own migrations give, opens nothing
grant select on public.conflict_resolution_stats to app_readonly;
set local role app_readonly;
select is_empty('select * from public.conflict_resolution_stats',
  'a role of DomIQ''s sees no row');
reset role;

select * from finish();
rollback;
