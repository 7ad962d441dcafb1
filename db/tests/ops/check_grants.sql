-- check_grants and the rights on record: as meant, and no more.
begin;
select plan(30);
\i db/tests/support/fixtures.psql
\i db/tests/support/checks.psql

create role chk_person;

select is_empty('select * from pg_temp.findings()', 'a fresh installation has the rights it needs');

create temporary table breakage (break text, finding text, remedy text);
insert into breakage values
  ('grant execute on function lead_sync.next_wakeup() to public',
   'right that only our roles may have: execute on function lead_sync.next_wakeup() to public',
   'revoke execute on function lead_sync.next_wakeup() from public'),
  ('grant execute on function lead_sync_private.retry_delay(integer) to public',
   'right that only our roles may have: execute on function '
     'lead_sync_private.retry_delay(integer) to public',
   'revoke execute on function lead_sync_private.retry_delay(integer) from public'),
  ('grant execute on function lead_sync.list_integrations() to chk_person',
   'right that only our roles may have: execute on function lead_sync.list_integrations() to '
     'chk_person',
   'revoke execute on function lead_sync.list_integrations() from chk_person'),
  ('grant execute on function public.archive_old_sync_logs to public',
   'right that only our roles may have: execute on function public.archive_old_sync_logs%',
   'revoke execute on function public.archive_old_sync_logs% from public'),
  ('grant execute on function lead_sync_private.retry_delay(integer) to lead_sync_runner',
   'right that no file gives: execute on function lead_sync_private.retry_delay(integer) to '
     'lead_sync_runner',
   'revoke execute on function lead_sync_private.retry_delay(integer) from lead_sync_runner'),
  ('grant execute on function lead_sync.list_integrations() to lead_sync_monitor',
   'right that no file gives: execute on function lead_sync.list_integrations() to '
     'lead_sync_monitor',
   'revoke execute on function lead_sync.list_integrations() from lead_sync_monitor'),
  ('revoke execute on function lead_sync.next_wakeup() from lead_sync_runner',
   'missing right: execute on function lead_sync.next_wakeup() to lead_sync_runner',
   'grant execute on function lead_sync.next_wakeup() to lead_sync_runner'),
  ('revoke usage on schema lead_sync from lead_sync_monitor',
   'missing right: usage on schema lead_sync to lead_sync_monitor',
   'grant usage on schema lead_sync to lead_sync_monitor'),
  ('revoke select on lead_sync.dead_letters from lead_sync_monitor',
   'missing right: select on table lead_sync.dead_letters to lead_sync_monitor',
   'grant select on table lead_sync.dead_letters to lead_sync_monitor'),
  ('grant select on lead_sync.dead_letters to chk_person',
   'right that only our roles may have: select on table lead_sync.dead_letters to chk_person',
   'revoke select on table lead_sync.dead_letters from chk_person'),
  ('grant select on lead_sync_private.property_setting to chk_person',
   'right that only our roles may have: select on table lead_sync_private.property_setting to '
     'chk_person',
   'revoke select on table lead_sync_private.property_setting from chk_person'),
  ('grant select on public.resman_integration to lead_sync_service',
   'right that no file gives: select on table public.resman_integration to lead_sync_service',
   'revoke select on table public.resman_integration from lead_sync_service'),
  ('grant usage on schema lead_sync_private to public',
   'right that only our roles may have: usage on schema lead_sync_private to public',
   'revoke usage on schema lead_sync_private from public'),
  ('grant create on schema lead_sync to chk_person',
   'right that only our roles may have: create on schema lead_sync to chk_person',
   'revoke create on schema lead_sync from chk_person'),
  ('alter function lead_sync.next_wakeup() owner to chk_person',
   'function lead_sync.next_wakeup() belongs to chk_person',
   'alter function lead_sync.next_wakeup() owner to lead_sync_owner'),
  ('alter table public.lead_sync_log owner to chk_person',
   'table public.lead_sync_log belongs to chk_person',
   'alter table public.lead_sync_log owner to lead_sync_owner');

select results_eq(
  format('select f.severity, f.finding like %L, f.remedy like %L from pg_temp.found_after(%L) f '
    'where f.check_name = ''grants''', b.finding, b.remedy, b.break),
  $$values ('failed', true, true)$$, b.break)
from breakage b where b.break !~ 'owner to';
select is_empty(format('select * from pg_temp.left_after(%L)', b.break), 'mended: ' || b.break)
from breakage b
where b.break ~ 'to public$|revoke .* from lead_sync|dead_letters to chk|resman_integration';
select isnt_empty(
  format('select * from pg_temp.found_after(%L) f where f.check_name = ''grants'' '
    'and f.severity = ''failed'' and f.finding = %L and f.remedy = %L',
    b.break, b.finding, b.remedy), b.break)
from breakage b where b.break ~ 'owner to';
select results_eq(
  $$select f.severity, f.finding, f.remedy from pg_temp.found_after('grant execute on function '
    'lead_sync.next_wakeup() to lead_sync_runner with grant option') f$$,
  $$values ('failed', 'lead_sync_runner may pass on: execute on function lead_sync.next_wakeup() to '
      'lead_sync_runner', 'revoke grant option for execute on function lead_sync.next_wakeup() '
      'from lead_sync_runner')$$, 'a right that may be passed on');

-- DomIQ's grant on everything
select is_empty($$select * from pg_temp.found_after(
  'grant select, insert, update, delete on all tables in schema public to app_admin')$$,
  'what row-level security closes is no finding');
select results_eq(
  $$select f.severity, f.finding from pg_temp.found_after(
    'grant truncate, select on public.lead_sync_queue, public.lead_sync_log to app_admin') f$$,
  $$values ('warning',
    'app_admin may truncate our tables: public.lead_sync_log, public.lead_sync_queue')$$,
  'TRUNCATE is: row-level security does not stop it');
select is_empty(
  $$select * from pg_temp.left_after('grant all on all tables in schema public to app_admin')$$,
  'the remedy mends it');

select * from finish();
rollback;
