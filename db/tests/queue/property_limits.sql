-- property_limits: a property's limits, and its partner's.
begin;
select plan(6);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.property_limits'),
  'record | stable | enable_seqscan=off jit=off | -',
  'no role may call it');

-- happy path
select pg_temp.given_property() as property, pg_temp.given_property() as other \gset
select is(l::text, '(20,4,,,)', 'the defaults, and no partner')
from lead_sync_private.property_limits(:'property') l;
select pg_temp.given_setting(:'property', n, v) from (values
  ('rate_limit', '2.5'::jsonb), ('in_flight_limit', '7'), ('partner', '"p1"'),
  ('partner_rate_limit', '50'), ('partner_in_flight_limit', '9')) as s(n, v);
select is(l::text, '(2.5,7,p1,50,9)', 'or the settings')
from lead_sync_private.property_limits(:'property') l;

-- edges
select is(l::text, '(20,4,,,)', 'of this property alone')
from lead_sync_private.property_limits(:'other') l;
select is(l::text, '(20,4,,,)', 'without a property the defaults')
from lead_sync_private.property_limits(null) l;
select is(l::text, '(2.5,3,,,)', 'or those that the caller has read')
from lead_sync_private.property_limits(:'other',
  '{"rate_limit": 2.5, "in_flight_limit": 3, "partner_rate_limit": null}') l;

select * from finish();
rollback;
