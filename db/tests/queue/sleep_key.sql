-- sleep_key: the advisory lock of a sleeping runner.
begin;
select plan(3);
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.sleep_key'), 'bigint | immutable | - | -',
  'no role may call it');

-- happy path: every version of the package must agree on it while runners are replaced
select is(lead_sync_private.sleep_key(), 7813528840112739841, 'the key that runners hold');

-- effects
select is(lead_sync_private.sleep_key() = any (array[7813528840112739842, 7813528840112739843,
  7813528840112739844]), false, 'no other lock of ours has it');

select * from finish();
rollback;
