-- check_installation: who may, what it says when all is well, and when a check itself is broken.
begin;
select plan(13);
\i db/tests/support/fixtures.psql
\i db/tests/support/checks.psql

create role chk_person;
select function_privs_are('lead_sync', 'check_installation', array['text'], r.role, r.privileges,
  r.role)
from (values ('lead_sync_service', array['EXECUTE']), ('lead_sync_runner', '{}'),
  ('lead_sync_monitor', '{}'), ('chk_person', '{}')) as r(role, privileges);

select set_eq(
  'select f.check_name, f.severity from lead_sync.check_installation() f',
  $$select n, 'ok' from unnest(array['objects', 'triggers', 'roles', 'grants', 'schemas',
    'row_security', 'statuses', 'settings', 'integrations', 'runners', 'vacuum']) n$$,
  'when all is well each check says so');
select is_empty($$select * from lead_sync.check_installation() f
  where f.check_name is null or f.severity is null or f.finding = '' or f.remedy is null$$,
  'every row is complete');
select is(count(*), 1::bigint, 'a check with a finding is not ok as well')
from lead_sync.check_installation() f
where f.check_name = 'roles';
select is_empty($$select * from pg_temp.found_after('alter role lead_sync_runner login') f
  where f.check_name <> 'roles'$$, 'and others are not touched by it');

-- the same for whoever may call it
grant lead_sync_service to chk_person;
set local role chk_person;
select is_empty('select * from lead_sync.check_installation() f where f.severity <> ''ok''',
  'the service role sees the same');
reset role;

-- broken itself
select results_eq(
  $$select f.check_name, f.severity, f.finding, f.remedy from pg_temp.found_after(
    'drop function lead_sync_private.check_roles()') f where f.finding ~ 'made'$$,
  $$values ('roles', 'failed', 'the check roles could not be made: SQLSTATE 42883',
    'delete from lead_sync_private.code_file; delete from lead_sync_private.code_version; '
    'then: leadsync migrate')$$,
  'a check that is missing is a finding');
select results_eq(
  $$select f.finding from pg_temp.found_after(
    'drop function lead_sync_private.check_roles()') f where f.check_name = 'objects'$$,
  $$values ('routine lead_sync_private.check_roles() is missing')$$, 'by name, too');
select isnt_empty(
  $$select * from pg_temp.found_after(
    'drop table lead_sync_private.lookup cascade') f
    where f.finding = 'the check settings could not be made: SQLSTATE 42P01'$$,
  'so is a table');

-- nobody's data
select pg_temp.given_property() as property \gset
select pg_temp.given_integration(:'property');
select pg_temp.given_conversation(
  pg_temp.given_user('Quentin', 'Quillfeather'), :'property', '{"status": "odd"}');
select is_empty($$select * from lead_sync.check_installation() f
  where (f.finding || f.remedy) ~* 'quentin|quillfeather|@example|555-?01|"ct"'$$,
  'no lead, person or credential is shown');

select * from finish();
rollback;
