-- tell_wait: a request that waits for its turn.
begin;
select plan(4);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.tell_wait'), 'jsonb | immutable | - | -',
  'no role may call it');

-- happy path
select is(lead_sync_private.tell_wait('{"call": "x"}', 0.25), '{"call": "x", "wait_s": 0.25}',
  'it says for how long');
select is(lead_sync_private.tell_wait('{"call": "x"}', 0), '{"call": "x", "wait_s": 0}',
  'or that it goes at once');
select is(lead_sync_private.tell_wait('{"call": "x"}', null), '{"call": "x"}',
  'and nothing without a limit');

select * from finish();
rollback;
