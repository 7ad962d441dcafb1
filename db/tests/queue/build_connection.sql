-- build_connection: how to reach ResMan for a property.
begin;
select plan(5);
\i db/tests/support/fixtures.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.build_connection'),
  'jsonb | stable | enable_seqscan=off jit=off | -',
  'no role may call it');

-- happy path
select pg_temp.given_property() as property, pg_temp.given_property() as bare \gset
select pg_temp.given_integration(:'property', '{"resman_property_id": "RM-1"}');
select pg_temp.given_integration(pg_temp.given_property());
select is(lead_sync_private.build_connection(:'property', '10 s'), jsonb_build_object(
  'property_id', :'property', 'resman_property_id', 'RM-1',
  'credentials', pg_temp.given_envelope(), 'timeout_s', 5),
  'the property''s own, credentials sealed, half the lease for a call');
select is(lead_sync_private.build_connection(:'property', '1 hour') -> 'timeout_s', '30',
  'no longer than the setting');

-- edges
select is(lead_sync_private.build_connection(:'bare', '10 s'), null, 'no integration, none');
select is(lead_sync_private.build_connection(null, '10 s'), null, 'nor without a property');

select * from finish();
rollback;
