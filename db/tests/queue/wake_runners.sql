-- wake_runners: the sleep key, shared, for the transaction. That a runner which sleeps is told
-- needs two sessions to show: runner/tests/test_listener.py.
begin;
select plan(4);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.wake_runners'), 'void | volatile | - | -',
  'no role may call it');

-- happy path
select is(pg_temp.woken(), false, 'nobody has written');
savepoint before;
select lead_sync_private.wake_runners();
select lead_sync_private.wake_runners();
select pg_temp.woken() as woken \gset
rollback to savepoint before;
select is(:'woken'::boolean, true, 'a writer keeps runners from falling asleep');

-- effects
select is(pg_temp.woken(), false, 'until its transaction is over');

select * from finish();
rollback;
