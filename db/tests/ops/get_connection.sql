-- get_connection: how to reach ResMan, without an item.
begin;
select plan(6);
\i db/tests/support/fixtures.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync.get_connection'),
  'jsonb | stable definer | - | lead_sync_runner', 'a runner that tests credentials calls it');

-- happy path
select pg_temp.given_property() as property \gset
select pg_temp.given_integration(:'property', '{"resman_property_id": "RM-1",
  "sync_enabled": false, "sync_status": "disconnected"}');
set local role lead_sync_runner;
select lead_sync.get_connection(:'property') as connection \gset
reset role;
select is(:'connection'::jsonb, jsonb_build_object('property_id', :'property',
  'resman_property_id', 'RM-1', 'credentials', pg_temp.given_envelope(), 'timeout_s', 30),
  'of a property that is stopped too; credentials sealed');

-- edges
insert into lead_sync_private.property_setting (property_id, name, value)
values (:'property', 'timeout_s', '600');
select is(lead_sync.get_connection(:'property') -> 'timeout_s', '600',
  'no lease limits the time of a call');

-- errors
select throws_ok(format('select lead_sync.get_connection(%s)', p), 'LS003',
  'property has no integration', 'refused: ' || name)
from (values (quote_literal(pg_temp.given_property()), 'a property without an integration'),
  ('gen_random_uuid()', 'one that does not exist'), ('null', 'none')) as v(p, name);

select * from finish();
rollback;
