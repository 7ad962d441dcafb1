-- try_sleep: the key that makes writers send NOTIFY. That a writer's open transaction or
-- another sleeper keeps it needs two sessions to show: runner/tests/test_listener.py.
begin;
select plan(3);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync.try_sleep'),
  'boolean | volatile definer | - | lead_sync_runner',
    'a runner that is about to wait calls it');

-- happy path: where transactions can be prepared, NOTIFY is not to be had, and runners poll
select is(lead_sync.try_sleep(), current_setting('max_prepared_transactions') = '0',
  'it has the key, where the server sends NOTIFY');

-- effects
select is(exists (select from pg_locks l where l.locktype = 'advisory'
    and l.pid = pg_backend_pid() and l.mode = 'ExclusiveLock' and l.objsubid = 1
    and (l.classid::bigint << 32) | l.objid::bigint = lead_sync_private.sleep_key()),
  current_setting('max_prepared_transactions') = '0', 'and holds it');
set local client_min_messages = error;
select lead_sync.end_sleep();

select * from finish();
rollback;
