-- check_triggers: ours disabled, and others' that would hide an edit.
begin;
select plan(21);
\i db/tests/support/fixtures.psql
\i db/tests/support/checks.psql

select is_empty('select * from pg_temp.findings()',
  'DomIQ''s own triggers are none of its business: the one behind ours sets updated_at alone');

-- disabled
select results_eq(
  format('select f.check_name, f.severity, f.finding, f.remedy '
    'from pg_temp.found_after(''alter table %s disable trigger %s'') f', t.relation, t.name),
  format($$values ('triggers', 'failed', %L, %L)$$,
    format('trigger %s on %s is disabled: edits are not captured', t.name, t.relation),
    format('alter table %s enable trigger %s; then queue what was missed: leadsync integration '
      'add PROPERTY_ID ... --backfill-since T', t.relation, t.name)),
  t.name || ' disabled')
from (values ('public.conversation', 'trigger_add_sync_queue_item'),
  ('public.conversation', 'trigger_update_conversation_sync_status'),
  ('public."user"', 'trigger_capture_user_changes'),
  ('public.lead_notification', 'trigger_capture_notifications_insert')) as t(relation, name);
select results_eq(
  $$select f.finding, f.remedy from pg_temp.found_after(
    'alter table public.lead_sync_queue disable trigger trigger_fill_queue_item') f$$,
  $$values ('trigger trigger_fill_queue_item on public.lead_sync_queue is disabled',
    'alter table public.lead_sync_queue enable trigger trigger_fill_queue_item')$$,
  'one on our own table');
select is(count(*), (select count(*) from pg_trigger t join pg_proc p on p.oid = t.tgfoid
    where t.tgrelid = 'public.conversation'::regclass and not t.tgisinternal
      and p.proowner = 'lead_sync_owner'::regrole), 'all of a table''s at once: one finding for each of ours')
from pg_temp.found_after('alter table public.conversation disable trigger all') f
where f.severity = 'failed' and f.finding ~ ' is disabled' or f.check_name <> 'triggers';
select results_eq(
  $$select f.finding from pg_temp.found_after(
    'alter table public."user" enable replica trigger trigger_capture_user_changes') f$$,
  $$values ('trigger trigger_capture_user_changes on public."user" fires on a replica only: edits '
    'are not captured')$$, 'enabled for replicas only');
select is_empty($$select * from pg_temp.found_after(
  'alter table public."user" enable always trigger trigger_capture_user_changes')$$,
  'enabled always is enabled');

-- others' that fire after ours
create function pg_temp.other(p_body text, p_name text default 'zz_other',
  p_table text default 'conversation', p_event text default 'before update') returns text
language sql
as $$
  select format('create function public.zz_other() returns trigger language plpgsql as %L; '
    'create trigger %I %s on public.%I for each row execute function public.zz_other()',
    'begin ' || p_body || ' return new; end', p_name, p_event, p_table)
$$;

select results_eq(
  format('select f.check_name, f.severity, f.finding, f.remedy from pg_temp.found_after(%L) f',
    pg_temp.other('new.status := ''qualified'';')),
  $$values ('triggers', 'warning', 'trigger zz_other on public.conversation fires after '
    'trigger_update_conversation_sync_status and may change synced fields, which capture then does '
    'not see', 'alter trigger zz_other on public.conversation rename to a_zz_other')$$,
  'one that assigns a synced field is found');
select is_empty(format('select * from pg_temp.left_after(%L)',
  pg_temp.other('new.status := ''qualified'';')), 'renamed as advised, it is not');
select isnt_empty(format('select * from pg_temp.found_after(%L) f where f.check_name = ''triggers''',
  pg_temp.other(b.body, p_table => b.relation)), 'found: ' || b.body)
from (values ('select 2 into new.occupants_count;', 'conversation'),
  ('new = jsonb_populate_record(new, ''{}'');', 'conversation'),
  ('NEW . "email" = lower(new.email);', 'user'),
  ('new.notification_type := ''x'';', 'lead_notification')) as b(body, relation);
select is_empty(format('select * from pg_temp.found_after(%L)', b.break), 'not found: ' || b.what)
from (values (pg_temp.other('new.lead_score := 3;'), 'a field that is not synced'),
  (pg_temp.other('new.status := ''x'';', 'a_first'), 'one that fires before ours'),
  (pg_temp.other('new.status := ''x'';', p_event => 'before insert'), 'one on insert'),
  (pg_temp.other('new.status := ''x'';', p_event => 'after update'), 'one after the update'),
  (pg_temp.other('new.status := ''x'';')
    || '; alter table public.conversation disable trigger zz_other', 'a disabled one'))
  as b(break, what);
-- why it matters: such an edit is lost
select pg_temp.given_property() as property \gset
select pg_temp.given_integration(:'property');
select pg_temp.given_conversation(pg_temp.given_user(), :'property') as conversation \gset
delete from public.lead_sync_queue;
create function public.zz_other() returns trigger language plpgsql as
  'begin new.occupants_count := 4; return new; end';
create trigger zz_other before update on public.conversation
  for each row execute function public.zz_other();
update public.conversation set lead_score = 5 where id = :'conversation';
select is_empty('select * from public.lead_sync_queue', 'capture does not see what it changed');

select * from finish();
rollback;
