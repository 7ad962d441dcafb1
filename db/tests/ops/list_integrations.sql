-- list_integrations: how each property is set up and stands.
begin;
select plan(7);
\i db/tests/support/fixtures.psql
\i db/tests/support/routine.psql

-- surface
select matches(pg_temp.surface_of('lead_sync.list_integrations'),
  '^TABLE\(.*\) \| stable definer \| - \| lead_sync_service$', 'services may call it');
select unalike(pg_temp.surface_of('lead_sync.list_integrations'), '%api_credentials%',
  'no credentials are shown, not even sealed');

-- edges
select is_empty('select * from lead_sync.list_integrations()', 'there are none');

-- happy path
select pg_temp.given_property(p_values => '{"name": "Beta"}') as beta,
  pg_temp.given_property(p_values => '{"name": "Alpha"}') as alpha,
  pg_temp.given_property(p_values => '{"name": "Bare"}') as bare \gset
select pg_temp.given_integration(:'beta', '{"webhook_url": "https://example.com/",
  "status_reason": "why", "sync_status": "paused", "sync_enabled": false, "error_count": 3,
  "sync_direction": "to_resman", "sync_frequency": "daily",
  "last_successful_sync_at": "2026-01-01", "resman_property_id": "RM-1"}') as integration \gset
select pg_temp.given_integration(:'alpha');
select results_eq('select property_name, property_id from lead_sync.list_integrations()',
  format($$values ('Alpha', %L::uuid), ('Beta', %L)$$, :'alpha', :'beta'),
  'properties with an integration, by name');
select is(to_jsonb(l), (select jsonb_build_object('integration_id', i.id, 'property_name',
  'Beta')
    || (to_jsonb(i) - array['id', 'api_credentials'])
  from public.resman_integration i where i.id = :'integration'), 'everything else of the row')
from lead_sync.list_integrations() l where l.property_id = :'beta';

-- edges: equal names
update public.property set name = 'Same' where id in (:'alpha', :'beta');
select results_eq('select property_id from lead_sync.list_integrations()',
  format('select p from unnest(array[%L, %L]::uuid[]) as p order by 1', :'alpha', :'beta'),
  'equal names in a fixed order');

-- effects
set local role lead_sync_service;
select is(count(*), 2::bigint, 'the role itself may call it')
from lead_sync.list_integrations();
reset role;

select * from finish();
rollback;
