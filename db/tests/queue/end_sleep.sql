-- end_sleep: the sleep key is given back.
begin;
select plan(5);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

create function pg_temp.keys_held() returns bigint
language sql
as $$
  select count(*) from pg_locks l
  where l.locktype = 'advisory' and l.pid = pg_backend_pid() and l.mode = 'ExclusiveLock'
    and l.objsubid = 1
    and (l.classid::bigint << 32) | l.objid::bigint = lead_sync_private.sleep_key()
$$;

-- surface
select is(pg_temp.surface_of('lead_sync.end_sleep'),
  'void | volatile definer | - | lead_sync_runner', 'a runner that slept gives its key back');

-- happy path
select lead_sync.try_sleep();
select is(pg_temp.keys_held(), 1::bigint, 'asleep it holds the key');
select lead_sync.end_sleep();
select is(pg_temp.keys_held(), 0::bigint, 'awake it does not');
select is(current_setting('lead_sync.asleep', true), '', 'nor does its session say so');

-- edges
set local client_min_messages = error;
select lives_ok('select lead_sync.end_sleep()', 'without a key there is none to give back');

select * from finish();
rollback;
