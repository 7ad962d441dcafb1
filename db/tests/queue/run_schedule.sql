-- run_schedule: what is due by the clock, done by one session at a time.
begin;
select plan(10);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync.run_schedule'),
  'integer | volatile definer | lock_timeout=500ms | lead_sync_runner', 'a runner calls it');

-- edges
select is(lead_sync.run_schedule(), 0, 'nothing is due');
select ok(exists (select from pg_locks l where l.locktype = 'advisory'
    and l.pid = pg_backend_pid() and l.mode = 'ExclusiveLock' and l.objsubid = 1
    and (l.classid::bigint << 32) | l.objid::bigint = 7813528840112739846),
  'whoever works holds the key to it');

-- happy path: a dead letter to be shown, a conflict that stays open, a pull whose turn has come
select pg_temp.given_lead() as lead \gset
update public.resman_integration set sync_direction = 'to_resman';
update public.lead_sync_queue set status = 'failed', state = '{"owed": true}';
insert into public.lead_sync_conflicts (conversation_id, conflict_type, conflict_field,
  conflict_severity, created_at, last_seen_at)
values (:'lead', 'data_conflict', 'name', 'low', now() - interval '25 h', now());
select is(lead_sync.run_schedule(), 2, 'it says how many things were done');
select is(c.resman_sync_status, 'failed', 'the dead letter is shown')
from public.conversation c where c.id = :'lead';
select is(k.conflict_severity, 'medium', 'the conflict is more severe')
from public.lead_sync_conflicts k where k.conversation_id = :'lead';
select is(lead_sync.run_schedule(), 0, 'once');
update public.resman_integration set sync_direction = 'bidirectional',
  created_at = now() - interval '1 day';
select lead_sync.run_schedule();
select is(count(*), 1::bigint, 'a pull is queued') from public.lead_sync_queue
where sync_operation = 'pull' and status = 'pending';

-- a chat that is over
insert into lead_sync_private.summary_due (conversation_id, due_at) values (:'lead', now());
select lead_sync.run_schedule();
select is(count(*), 1::bigint, 'a summary is queued') from public.lead_sync_queue
where sync_operation = 'enrichment' and status = 'pending';
select is(count(*), 0::bigint, 'once') from lead_sync_private.summary_due;

select * from finish();
rollback;
