-- rate_share: how much of a rate limit is used.
begin;
select plan(2);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.rate_share'), 'numeric | immutable | - | -',
  'no role may call it');

-- happy path
select is(lead_sync_private.rate_share(), 0.9, 'a tenth is left for what comes early or late');

select * from finish();
rollback;
