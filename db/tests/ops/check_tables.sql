-- check_tables: what keeps dead rows. How many there are is seen by runner/tests/test_doctor.py.
begin;
select plan(6);
\i db/tests/support/fixtures.psql
\i db/tests/support/checks.psql

select is_empty('select * from pg_temp.findings()', 'autovacuum looks after our tables');
select results_eq(
  format('select f.check_name, f.severity, f.finding, f.remedy from pg_temp.found_after(%L) f',
    format('alter table public.lead_sync_queue set (autovacuum_enabled = %s)', v)),
  $$values ('vacuum', 'warning', 'autovacuum is off for public.lead_sync_queue',
    'alter table public.lead_sync_queue reset (autovacuum_enabled)')$$, 'off for a table: ' || v)
from unnest(array['false', 'off', '0']) as v;
select is_empty($$select * from pg_temp.left_after(
  'alter table public.lead_sync_queue set (autovacuum_enabled = false)')$$, 'the remedy mends it');
select is_empty($$select * from pg_temp.found_after('alter table public.lead_sync_queue set '
  '(autovacuum_enabled = on, autovacuum_vacuum_scale_factor = 0.01)')$$,
  'other settings are the DBA''s');

select * from finish();
rollback;
