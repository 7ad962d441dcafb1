-- run_maintenance: a batch of what has aged goes into the archives.
begin;
select plan(12);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync.run_maintenance'),
  'jsonb | volatile definer | enable_seqscan=off jit=off | lead_sync_runner',
  'a runner sees to it');

-- edges
select is(lead_sync.run_maintenance(),
  '{"sync_logs": 0, "resolved_conflicts": 0, "queue_items": 0, "create_intents": 0}',
  'nothing has aged');
select is(lead_sync.run_maintenance() ->> 'sync_logs', '0', 'it can be called again');
select ok(exists (select from pg_locks l where l.locktype = 'advisory'
    and l.pid = pg_backend_pid() and l.mode = 'ExclusiveLock' and l.objsubid = 1
    and (l.classid::bigint << 32) | l.objid::bigint = 7813528840112739844),
  'whoever works holds the key to it');

-- happy path
select pg_temp.given_lead() as works, pg_temp.given_lead() as waits,
  pg_temp.given_lead() as dead,
  pg_temp.given_lead() as fresh \gset
update public.lead_sync_queue set status = 'processing' where conversation_id = :'works';
update public.lead_sync_queue set status = 'failed', processed_at = now() - interval '6 days'
where conversation_id in (:'dead', :'fresh');
insert into lead_sync_private.create_intent (property_id, contact, conversation_id, created_at)
select pg_temp.property_of(v.id), v.name, v.id, now() - v.age
from (values (:'works'::uuid, 'works', interval '25 h'), (:'waits', 'waits', '25 h'),
  (:'dead', 'dead', '25 h'), (:'fresh', 'fresh', '23 h')) as v(id, name, age);
insert into public.lead_sync_log (sync_direction, sync_status, sync_type, created_at)
values ('to_resman', 'success', 'update', now() - interval '91 days'),
  ('to_resman', 'success', 'update', now() - interval '89 days');
insert into public.lead_sync_conflicts (conflict_type, resolution_status, resolved_at)
select 'data_conflict', 'resolved', now() - v.age
from (values (interval '31 days'), ('32 days'), ('29 days')) as v(age);
insert into public.lead_sync_queue
  (sync_operation, sync_data, property_id, status, processed_at)
select 'pull', '{}', gen_random_uuid(), 'completed', now() - v.age
from (values (interval '8 days'), ('9 days'), ('10 days'), ('6 days')) as v(age);
select is(lead_sync.run_maintenance(),
  '{"sync_logs": 1, "resolved_conflicts": 2, "queue_items": 3, "create_intents": 1}',
  'it says what it has done');

-- effects
select is(count(*), 1::bigint, 'the log is archived') from public.lead_sync_log_archive;
select is(count(*), 2::bigint, 'so are conflicts') from public.lead_sync_conflicts_archive;
select is(count(*), 3::bigint, 'and items') from public.lead_sync_queue_archive;
select set_eq('select contact from lead_sync_private.create_intent',
  array['fresh', 'waits', 'works'],
  'an intent goes after a day, unless its item is still at work');
select is(count(*), 1::bigint, 'what is younger stays') from public.lead_sync_log;
select is(lead_sync.run_maintenance() ->> 'queue_items', '0', 'once');
set local role lead_sync_runner;
select isnt(lead_sync.run_maintenance(), '{}', 'the role itself may call it');
reset role;

select * from finish();
rollback;
