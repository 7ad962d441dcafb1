-- check_schemas: who may create in schema public.
begin;
select plan(12);
\i db/tests/support/fixtures.psql
\i db/tests/support/checks.psql

create role chk_person;
create role chk_tables_owner;
create role chk_migrator createrole;

select is_empty('select * from pg_temp.findings()', 'nobody but trusted roles may create');
select results_eq(
  format('select f.check_name, f.severity, f.finding like %L, f.remedy '
    'from pg_temp.found_after(''grant create on schema public to %s'') f',
    g.shown || ' may create in schema public: %', g.grantee),
  format($$values ('schemas', 'failed', true, 'revoke create on schema public from %s')$$,
    g.grantee),
  'create for ' || g.grantee)
from (values ('public', 'PUBLIC'), ('chk_person', 'chk_person'), ('app_admin', 'app_admin'),
  ('lead_sync_runner', 'lead_sync_runner')) as g(grantee, shown);
select is_empty($$select * from pg_temp.left_after(
  'grant create on schema public to public, chk_person')$$, 'the remedy mends it');
select is_empty($$select * from pg_temp.found_after(
  'alter table public.message owner to chk_tables_owner; '
  'grant chk_tables_owner to lead_sync_owner; grant create on schema public to chk_person; '
  'alter table public.chatbot owner to chk_person; grant chk_person to lead_sync_owner')$$,
  'the owner of DomIQ''s tables may');
select is_empty(format('select * from pg_temp.found_after(%L)',
    format('grant create on database %I to chk_migrator; grant lead_sync_owner to chk_migrator; '
      'grant create on schema public to chk_migrator', current_database())),
  'and who migrates');
select results_eq(
  $$select f.finding, f.remedy
    from pg_temp.found_after('alter schema lead_sync owner to chk_person') f
    where f.check_name = 'schemas'$$,
  $$values ('schema lead_sync belongs to chk_person',
    'alter schema lead_sync owner to lead_sync_owner')$$, 'a schema of ours with another owner');
select results_eq(
  $$select f.severity, f.finding, f.remedy
    from pg_temp.found_after('revoke create on schema public from lead_sync_owner') f$$,
  $$values ('failed', 'lead_sync_owner lacks create on schema public',
    'grant create on schema public to lead_sync_owner')$$, 'what our owner needs');
select is_empty($$select * from pg_temp.left_after(
  'revoke create on schema public from lead_sync_owner')$$, 'the remedy mends it');

-- why it matters: our writes run DomIQ's triggers under a path with public in it
select ok('search_path=pg_catalog, public, pg_temp' = any (p.proconfig),
  'write_conversation looks into public')
from pg_proc p where p.oid = 'lead_sync_private.write_conversation'::regproc;

select * from finish();
rollback;
