-- check_objects: each thing that can be changed by hand is found, and nothing else is.
begin;
select plan(35);
\i db/tests/support/fixtures.psql
\i db/tests/support/checks.psql

select is_empty('select * from pg_temp.findings()', 'a fresh installation is as it was loaded');

create temporary table breakage (what text, break text, severity text, finding text);
insert into breakage values
  ('a function replaced',
   $$create or replace function lead_sync_private.retry_delay(p_failures integer)
     returns interval language sql as 'select interval ''1 s'''$$,
   'failed', 'routine lead_sync_private.retry_delay(integer) was changed by hand'),
  ('its search_path unpinned',
   'alter function lead_sync.claim_items(text, integer, interval) reset search_path',
   'failed', 'routine lead_sync.claim_items(text,integer,interval) was changed by hand'),
  ('its definer right taken',
   'alter function lead_sync.next_wakeup() security invoker',
   'failed', 'routine lead_sync.next_wakeup() was changed by hand'),
  ('a function dropped', 'drop function lead_sync.purge_archive(timestamptz)',
   'failed', 'routine lead_sync.purge_archive(timestamp with time zone) is missing'),
  ('a seed''s function dropped', 'drop function public.archive_old_sync_logs',
   'failed', '%archive_old_sync_logs% is missing'),
  ('a view replaced',
   $$do 'begin execute ''create or replace view lead_sync.dead_letters as ''
       || rtrim(pg_get_viewdef(''lead_sync.dead_letters''::regclass), '';'') || '' limit 0''; end'$$,
   'failed', 'view lead_sync.dead_letters was changed by hand'),
  ('a view dropped', 'drop view lead_sync.queue_backlog',
   'failed', 'view lead_sync.queue_backlog is missing'),
  ('a trigger dropped', 'drop trigger trigger_capture_user_changes on public."user"',
   'failed', 'trigger trigger_capture_user_changes on public."user" is missing'),
  ('a trigger replaced',
   $$create or replace trigger trigger_update_user_sync_status before update on public."user"
     for each row when (false) execute function public.update_user_sync_status()$$,
   'failed', 'trigger trigger_update_user_sync_status on public."user" was changed by hand'),
  ('an index dropped', 'drop index public.idx_lead_sync_queue_ready',
   'failed', 'index public.idx_lead_sync_queue_ready is missing'),
  ('an index on DomIQ''s table dropped', 'drop index public.idx_user_resman_contact_id',
   'failed', 'index public.idx_user_resman_contact_id is missing'),
  ('an index with another condition',
   $$drop index public.idx_lead_sync_queue_dead;
     create index idx_lead_sync_queue_dead on public.lead_sync_queue (property_id)$$,
   'failed', 'index public.idx_lead_sync_queue_dead was changed by hand'),
  ('an index not valid',
   $$update pg_index set indisvalid = false
     where indexrelid = 'public.idx_lead_sync_queue_ready'::regclass$$,
   'failed', 'index public.idx_lead_sync_queue_ready is not valid'),
  ('a constraint dropped', 'alter table public.lead_sync_queue drop constraint chk_retry_count',
   'failed', 'constraint chk_retry_count on public.lead_sync_queue is missing'),
  ('a constraint weakened',
   $$alter table public.lead_sync_queue drop constraint chk_retry_count,
     add constraint chk_retry_count check (true)$$,
   'failed', 'constraint chk_retry_count on public.lead_sync_queue was changed by hand'),
  ('a constraint on DomIQ''s table dropped',
   'alter table public.conversation drop constraint chk_resman_sync_version',
   'failed', 'constraint chk_resman_sync_version on public.conversation is missing'),
  ('a column dropped', 'alter table public.lead_sync_conflicts drop column explanation',
   'failed', 'column public.lead_sync_conflicts.explanation is missing'),
  ('a column of another type',
   'alter table public.lead_sync_mapping alter column resman_lead_id type varchar(50)',
   'failed', 'column public.lead_sync_mapping.resman_lead_id was changed by hand'),
  ('a table dropped, said once', 'drop table public.lead_sync_queue_archive',
   'failed', 'table public.lead_sync_queue_archive is missing'),
  ('a function added',
   'create function lead_sync_private.aid() returns int language sql as ''select 1''; '
   'alter function lead_sync_private.aid() owner to lead_sync_owner; '
   'revoke all on function lead_sync_private.aid() from public',
   'warning', 'routine lead_sync_private.aid() is not of the package%'),
  ('the record gone', 'delete from lead_sync_private.installed_object',
   'failed', 'no code is on record as loaded');

select results_eq(
  format('select severity, finding like %L from pg_temp.found_after(%L)',
    b.finding, b.break),
  format('values (%L, true)', b.severity), b.what)
from breakage b;

-- what is advised mends it
select is_empty(format('select * from pg_temp.left_after(%L)', b.break),
  b.what || ': the remedy mends it')
from breakage b
where b.what like 'an index%dropped' or b.what like 'an index with%'
  or b.what like 'a constraint%' or b.what = 'a function added';
select matches((select f.remedy from pg_temp.found_after(b.break) f), 'leadsync migrate',
  'code is loaded again')
from breakage b where b.what = 'a function dropped';
select results_eq(
  $$select f.finding, f.remedy from pg_temp.found_after(
      'drop index public.idx_lead_sync_queue_ready') f$$,
  $$values ('index public.idx_lead_sync_queue_ready is missing',
    'CREATE INDEX CONCURRENTLY idx_lead_sync_queue_ready ON public.lead_sync_queue USING btree '
    '(property_id, priority DESC, seq) WHERE (((status)::text = ''pending''::text) AND '
    '(next_retry_at IS NULL))')$$, 'the remedy is the whole statement');

-- an index of the DBA's own is no finding; a record of another version compares names alone
select is_empty(
  $$select * from pg_temp.found_after('create index of_the_dba on public.lead_sync_log (item_id)')$$,
  'an index more is nobody''s business');
select results_eq(
  $$select f.severity, f.finding from pg_temp.found_after(
      'update lead_sync_private.installed_object set server_major = 13, definition = ''x''') f$$,
  $$values ('note',
    'the record was made under PostgreSQL 13: definitions cannot be compared')$$,
  'definitions of another major version are not compared');
select results_eq(
  $$select f.check_name, f.finding from pg_temp.found_after(
      'update lead_sync_private.installed_object set server_major = 13, definition = ''x'';'
      'drop view lead_sync.queue_backlog') f where f.severity = 'failed'$$,
  $$values ('objects', 'view lead_sync.queue_backlog is missing')$$,
  'what is missing is still found');

-- loading anew forgets no index
select results_eq(
  $$select f.finding from pg_temp.found_after('drop index public.idx_lead_sync_queue_ready; '
      'select lead_sync_private.record_objects()') f$$,
  $$values ('index public.idx_lead_sync_queue_ready is missing')$$,
  'an index that was dropped before the code was loaded again is found');

select * from finish();
rollback;
