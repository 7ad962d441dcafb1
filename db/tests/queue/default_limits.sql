-- default_limits: the limits of properties that have none of their own.
begin;
select plan(2);
\i db/tests/support/fixtures.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.default_limits'),
  'jsonb | stable | enable_seqscan=off jit=off | -', 'no role may call it');

-- happy path: the range of names holds others besides
select is(l, l || '{"rate_limit": 20, "in_flight_limit": 4, "partner": null,
  "partner_rate_limit": null, "partner_in_flight_limit": null}',
  'by the names of the settings')
from lead_sync_private.default_limits() as l;

select * from finish();
rollback;
