-- call_timeout: the setting, but never more than half a lease.
begin;
select plan(9);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.call_timeout'), 'numeric | stable | - | -',
  'no role may call it');

-- happy path and edges
select pg_temp.given_property() as property \gset
select is(lead_sync_private.call_timeout(:'property', lease), expected,
  format('a lease of %s', lease))
from (values (interval '1 hour', 30.0), ('60 s', 30.0), ('59 s', 29.5), ('1 s', 0.5),
  ('1 ms', 0.001), (null, 30.0)) as v(lease, expected);
select pg_temp.given_setting(:'property', 'timeout_s', '2.5');
select is(lead_sync_private.call_timeout(:'property', '60 s'), 2.5,
  'the property''s own setting');
select is(lead_sync_private.call_timeout(:'property', '4 s'), 2.0, 'half a lease is less');

select * from finish();
rollback;
