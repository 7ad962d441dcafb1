-- check_code: the code that is loaded against that of a package.
begin;
select plan(6);
\i db/tests/support/fixtures.psql
\i db/tests/support/checks.psql

select sha256 as loaded from lead_sync_private.code_version \gset
select is_empty('select * from lead_sync_private.check_code(null)', 'null compares nothing');
select is_empty(format('select * from lead_sync_private.check_code(%L)', :'loaded'), 'the same');
select results_eq(
  $$select c.check_name, c.severity, c.finding, c.remedy
    from lead_sync_private.check_code(repeat('0', 64)) c$$,
  format($$values ('code', 'failed',
    'the code that is loaded, %s, is not that of this package, 000000000000',
    'leadsync migrate, with the version of the package that the runners have')$$,
    left(:'loaded', 12)), 'another');
select results_eq(
  $$select f.check_name, f.finding from pg_temp.found_after(
    'delete from lead_sync_private.code_version') f$$,
  $$values ('code', 'no code is loaded')$$, 'none');
select isnt_empty(format('select * from lead_sync.check_installation(%L) f '
  'where f.check_name = ''code'' and f.severity = ''ok''', :'loaded'), 'compared, it is said');
select is_empty('select * from lead_sync.check_installation() f where f.check_name = ''code''',
  'not compared, nothing is said');

select * from finish();
rollback;
