-- check_roles: our roles, what they are and whom they belong to.
begin;
select plan(19);
\i db/tests/support/fixtures.psql
\i db/tests/support/checks.psql

create role chk_super superuser;
create role chk_group;
create role chk_person login;
create role chk_migrator login createrole;
do $$
begin
  execute format('grant create on database %I to chk_migrator', current_database());
end
$$;

select is_empty('select * from pg_temp.findings()', 'the roles of a fresh installation are right');

select results_eq(
  format('select f.check_name, f.severity, f.finding, f.remedy from pg_temp.found_after(%L) f',
    format('alter role %s %s', r.name, r.attribute)),
  format($$values ('roles', 'failed', %L, %L)$$,
    format('role %s has the attribute %s', r.name, r.attribute),
    format('alter role %s no%s', r.name, r.attribute)),
  format('%s %s', r.name, r.attribute))
from (values ('lead_sync_runner', 'login'), ('lead_sync_service', 'createrole'),
  ('lead_sync_monitor', 'createdb'), ('lead_sync_runner', 'bypassrls'),
  ('lead_sync_owner', 'login')) as r(name, attribute);
select is_empty($$select * from pg_temp.left_after('alter role lead_sync_owner login createdb')$$,
  'the remedy mends it');
select is_empty($$select * from pg_temp.found_after('alter role lead_sync_owner bypassrls')$$,
  'lead_sync_owner may have bypassrls');

-- membership
select results_eq(
  $$select f.severity, f.finding, f.remedy
    from pg_temp.found_after('grant chk_super to lead_sync_owner') f$$,
  $$values ('failed', 'lead_sync_owner is a member of superuser chk_super',
    'revoke chk_super from lead_sync_owner; alter role lead_sync_owner bypassrls')$$,
  'the owner a member of a superuser');
select results_eq(
  $$select f.finding from pg_temp.found_after(
    'grant chk_super to chk_group; grant chk_group to lead_sync_owner') f$$,
  $$values ('lead_sync_owner is a member of superuser chk_super')$$, 'by way of another role, too');
select is_empty($$select * from pg_temp.left_after('grant chk_super to lead_sync_owner')$$,
  'the remedy mends it');
select results_eq(
  $$select f.severity, f.finding, f.remedy
    from pg_temp.found_after('grant lead_sync_owner to lead_sync_service') f$$,
  $$values ('failed', 'lead_sync_service is a member of lead_sync_owner, and so is everybody who '
    'has it', 'revoke lead_sync_owner from lead_sync_service')$$, 'a group of ours in the owner');
select is_empty($$select * from pg_temp.left_after('grant chk_group to lead_sync_monitor')$$,
  'the remedy mends it');
select results_eq(
  $$select f.severity, f.finding, f.remedy
    from pg_temp.found_after('grant lead_sync_owner to chk_person') f$$,
  $$values ('warning', 'chk_person is a member of lead_sync_owner and may not migrate: it may do '
    'all that the package may', 'revoke lead_sync_owner from chk_person')$$,
  'a member of the owner that cannot migrate');
select is_empty($$select * from pg_temp.left_after('grant lead_sync_owner to chk_person')$$,
  'the remedy mends it');
select is_empty($$select * from pg_temp.found_after('grant lead_sync_owner to chk_migrator')$$,
  'who migrates is a member of the owner');
select is_empty($$select * from pg_temp.found_after('grant lead_sync_service to chk_person')$$,
  'our groups are there to be granted');

-- missing
select results_eq(
  $$select f.severity, f.finding, f.remedy
    from pg_temp.found_after('alter role lead_sync_monitor rename to chk_gone') f
    where f.check_name = 'roles'$$,
  $$values ('failed', 'role lead_sync_monitor does not exist', 'create role lead_sync_monitor '
    'nologin; delete from lead_sync_private.code_file; delete from '
    'lead_sync_private.code_version; then: leadsync migrate')$$,
  'a role that is gone');
select ok(bool_or(f.finding = 'missing right: select on table lead_sync.dead_letters to '
  'lead_sync_monitor'), 'and the rights that went with it')
from pg_temp.found_after('alter role lead_sync_monitor rename to chk_gone') f;

select * from finish();
rollback;
