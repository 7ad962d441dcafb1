-- check_row_security: the package reads DomIQ's rows, and nobody reads ours.
begin;
select plan(18);
\i db/tests/support/fixtures.psql
\i db/tests/support/checks.psql

-- DomIQ's tables belong to an ordinary role, as they may there.
create role chk_tables_owner;
grant chk_tables_owner to lead_sync_owner;
grant create on schema public to chk_tables_owner;
alter role lead_sync_owner nobypassrls;
do $$
declare
  v_table text;
begin
  foreach v_table in array array['property', 'property_manager', 'property_manager_assignment',
      'chatbot', 'user', 'conversation', 'lead_notification'] loop
    execute format('alter table public.%I owner to chk_tables_owner', v_table);
    execute format('revoke all on public.%I from lead_sync_owner', v_table);
  end loop;
end
$$;

select is_empty('select * from pg_temp.findings()',
  'a member of the tables'' owner reads past row-level security');
select results_eq(
  $$select f.check_name, f.severity, f.finding, f.remedy from pg_temp.found_after(
    'alter table public.conversation force row level security') f where f.severity = 'failed'$$,
  $$values ('row_security', 'failed',
    'row-level security hides rows of public.conversation from lead_sync_owner',
    'as a superuser: alter role lead_sync_owner bypassrls')$$, 'forced, it hides them');
select is_empty($$select * from pg_temp.found_after(
  'alter table public.conversation force row level security; '
  'alter role lead_sync_owner bypassrls')$$, 'but not from a role that bypasses it');
select results_eq(
  $$select f.finding, f.remedy from pg_temp.found_after('
    grant select, references, insert, update, trigger on all tables in schema public
      to lead_sync_owner;
    revoke chk_tables_owner from lead_sync_owner') f where f.check_name = 'row_security'$$,
  $$values
    ('row-level security hides rows of public.chatbot from lead_sync_owner',
     'grant chk_tables_owner to lead_sync_owner'),
    ('row-level security hides rows of public.conversation from lead_sync_owner',
     'grant chk_tables_owner to lead_sync_owner'),
    ('row-level security hides rows of public.lead_notification from lead_sync_owner',
     'grant chk_tables_owner to lead_sync_owner'),
    ('row-level security hides rows of public.property from lead_sync_owner',
     'grant chk_tables_owner to lead_sync_owner'),
    ('row-level security hides rows of public.property_manager from lead_sync_owner',
     'grant chk_tables_owner to lead_sync_owner'),
    ('row-level security hides rows of public.property_manager_assignment from lead_sync_owner',
     'grant chk_tables_owner to lead_sync_owner')$$,
  'no member of the owner: grants alone do not pass it ("user" has no policy)');
select is(count(*), 7::bigint, 'no member and no grants: each table is named')
from pg_temp.found_after('revoke chk_tables_owner from lead_sync_owner') f
where f.check_name = 'row_security' and f.finding like 'lead_sync_owner lacks select%';
select results_eq(
  $$select f.finding from pg_temp.found_after('revoke chk_tables_owner from lead_sync_owner') f
    where f.check_name = 'row_security' and f.finding ~ 'chatbot|"user"'$$,
  $$values ('lead_sync_owner lacks select, references on public.chatbot'),
    ('lead_sync_owner lacks select, references, insert, update, trigger on public."user"')$$,
  'with what it needs there');

-- whatever the caller's session is set to
set local app.current_company_id = '';
select is_empty('select * from pg_temp.findings()',
  'a setting that DomIQ''s policies cannot read makes no difference');
reset app.current_company_id;

-- ours
select results_eq(
  format('select f.severity, f.finding, f.remedy from pg_temp.found_after('
    '''alter table %s disable row level security'') f', t.name),
  format($$values ('failed', %L, 'alter table %s enable row level security')$$,
    format('row-level security is off on %s: a grant on all tables of public opens it', t.name),
    t.name), 'off on ' || t.name)
from (values ('public.resman_integration'), ('public.lead_sync_mapping'),
  ('public.lead_sync_queue_archive')) as t(name);
select results_eq(
  $$select f.severity, f.finding, f.remedy from pg_temp.found_after(
    'create policy all_of_it on public.lead_sync_log using (true)') f$$,
  $$values ('failed', 'policy all_of_it opens rows of public.lead_sync_log to whoever was granted '
    'the table', 'drop policy all_of_it on public.lead_sync_log')$$, 'a policy on ours');
select is_empty(format('select * from pg_temp.left_after(%L)', b.break), 'mended: ' || b.break)
from (values ('alter table public.lead_sync_log disable row level security'),
  ('create policy p on public.lead_sync_log using (true)'))
  as b(break);

-- the same where a superuser owns DomIQ's tables
alter table public.conversation owner to current_user;
select results_eq(
  $$select f.finding, f.remedy from pg_temp.findings() f where f.severity = 'failed'$$,
  $$values ('lead_sync_owner lacks select, references, insert, update, trigger on '
    'public.conversation', 'grant select, references, insert, update, trigger on '
    'public.conversation to lead_sync_owner')$$, 'a superuser''s table: grants are missing');
grant select, references, insert, update, trigger on public.conversation to lead_sync_owner;
select results_eq(
  $$select f.severity, f.finding, f.remedy from pg_temp.findings() f where f.check_name = 'statuses'$$,
  $$values ('warning', 'the check statuses could not be made: SQLSTATE 42501',
    'mend the findings of grants and row_security, then look again')$$,
  'what could not be looked at is said');
select results_eq(
  $$select f.finding, f.remedy from pg_temp.findings() f where f.severity = 'failed'$$,
  $$values ('row-level security hides rows of public.conversation from lead_sync_owner',
    'as a superuser: alter role lead_sync_owner bypassrls')$$, 'then bypassrls');
alter role lead_sync_owner bypassrls;
select is_empty('select * from pg_temp.findings()', 'with both all is well');
select ok(not has_table_privilege('lead_sync_monitor', 'public.conversation', 'select'),
  'and nobody else was given anything');

select * from finish();
rollback;
