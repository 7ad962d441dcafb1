-- public.archive_resolved_conflicts and lead_sync.archive_resolved_conflicts
begin;
\i db/tests/support/fixtures.psql
select plan(23);

-- surface
select function_returns('public', 'archive_resolved_conflicts', array['interval', 'integer'],
  'bigint', 'the function of the specification says how many rows it moved');
select is_definer('public', 'archive_resolved_conflicts', array['interval', 'integer'],
  'it runs with its owner''s rights');
select function_owner_is('public', 'archive_resolved_conflicts', array['interval', 'integer'],
  'lead_sync_owner', 'which is the package''s');
select function_privs_are(
  'public', 'archive_resolved_conflicts', array['interval', 'integer'], 'lead_sync_service',
  array['EXECUTE'], 'services may call it');
select function_privs_are(
  'public', 'archive_resolved_conflicts', array['interval', 'integer'], 'public',
  array[]::text[], 'PUBLIC may not');
select function_privs_are(
  'lead_sync', 'archive_resolved_conflicts', array['interval', 'integer'], 'lead_sync_service',
  array['EXECUTE'], 'services may call it in the interface''s schema');
select function_privs_are(
  'lead_sync', 'archive_resolved_conflicts', array['interval', 'integer'], 'public',
  array[]::text[], 'PUBLIC may not');

select is_empty(
  $$select a.attname from pg_attribute a
    join pg_proc p on p.oid = 'public.archive_resolved_conflicts(interval, int)'::regprocedure
    where a.attrelid = 'public.lead_sync_conflicts'::regclass and a.attnum > 0
      and not a.attisdropped and p.prosrc !~ format('m\.%s\y', a.attname)$$,
  'it names every column of the table');

insert into public.lead_sync_conflicts
  (resman_lead_id, conflict_type, conflict_field, resman_value, domiq_value,
   resolution_status, resolution_strategy, resolved_value, resolved_at, notes, property_id,
   mapping_id, item_id, base_value, policy, winner, loser_value, last_seen_at, times_seen,
   explanation, created_at, updated_at)
select v.label, 'data_conflict', v.label, '1', '2', v.status, 'merged', '3', now() - v.age,
       'a note', gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), '4', 'newest_wins',
       'merged', '5', now(), 2, '{"seen": []}', now() - interval '1 year', now() - v.age
from (values
  ('old', 'resolved', interval '31 days'),
  ('older', 'auto_resolved', interval '100 days'),
  ('pending', 'pending', interval '100 days'),
  ('manual_review', 'manual_review', interval '100 days'),
  ('young', 'resolved', interval '29 days')) as v(label, status, age);
create temporary table given as
select t.id, to_jsonb(t) as row from public.lead_sync_conflicts t;

-- errors
select throws_ok(
  format('select public.archive_resolved_conflicts(%s)', c.arguments), 'LS001', null,
  format('refused: %s', c.arguments))
from (values ('null'), ($$interval '-1 day'$$), ('p_batch => 0'), ('p_batch => null'))
  as c(arguments);

-- happy path
select is(public.archive_resolved_conflicts(p_batch => 1), 1::bigint,
  'a call moves p_batch rows');
select is((select resman_lead_id::text from public.lead_sync_conflicts_archive), 'older',
  'the oldest first');
select is(public.archive_resolved_conflicts(), 1::bigint, 'the next call moves the rest');
select is(public.archive_resolved_conflicts(), 0::bigint, 'then there is nothing left to move');
select results_eq('select resman_lead_id::text from public.lead_sync_conflicts order by 1',
  $$values ('manual_review'), ('pending'), ('young')$$, 'what is not due stays');
select is_empty(
  $$select 1 from public.lead_sync_conflicts_archive a join given g on g.id = a.id
    where to_jsonb(a) - 'archived_at' is distinct from g.row or a.archived_at <> now()$$,
  'a row is kept as it was, column by column');

-- edges
insert into public.lead_sync_conflicts (conflict_type, resolution_status, updated_at)
values ('data_conflict', 'auto_resolved', now() - interval '31 days');
select is(public.archive_resolved_conflicts(), 1::bigint,
  'one closed without a time counts from its last update');

insert into public.lead_sync_conflicts (conflict_type, resolution_status, resolved_at)
values ('data_conflict', 'resolved', now() - interval '30 days'),
  ('data_conflict', 'resolved', now() - interval '30 days 1 us');
select is(lead_sync.archive_resolved_conflicts(interval '30 days'), 1::bigint,
  'a conflict becomes due after the retention, not at its end');
insert into public.lead_sync_conflicts
  (conflict_type, resolution_status, resolved_at, updated_at)
values ('data_conflict', 'resolved', now() - interval '40 days', now()),
  ('data_conflict', 'resolved', now(), now() - interval '40 days');
select is(public.archive_resolved_conflicts(interval '35 days'), 1::bigint,
  'the time it was closed goes before its last update');

-- effects
delete from public.lead_sync_conflicts where resolution_status = 'resolved';
insert into public.lead_sync_conflicts (conflict_type, resolution_status, resolved_at)
select 'data_conflict', 'resolved', now() - interval '30 days' - n * interval '1 s'
from generate_series(1, 10001) as n;
select is(lead_sync.archive_resolved_conflicts(), 10000::bigint,
  'by default 30 days, ten thousand at a time');
set local role lead_sync_service;
select is(lead_sync.archive_resolved_conflicts(interval '0'), 1::bigint,
  'a service moves all that is closed with a retention of nothing');
reset role;

select * from finish();
rollback;
