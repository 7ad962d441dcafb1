-- list_credentials: every envelope, as it is kept, for the service role alone.
begin;
select plan(7);
\i db/tests/support/fixtures.psql

select function_privs_are('lead_sync', 'list_credentials', '{}'::name[], 'lead_sync_service',
  array['EXECUTE'], 'the service role may call it');
select function_privs_are('lead_sync', 'list_credentials', '{}'::name[], r, '{}',
  r || ' may not')
from unnest(array['lead_sync_runner', 'lead_sync_monitor']::name[]) as r;

delete from public.resman_integration;
select is_empty('select * from lead_sync.list_credentials()', 'without integrations, nothing');

create temporary table made as
select p as property_id, pg_temp.given_envelope() || jsonb_build_object('kid', 'k' || n) as envelope
from (select n, pg_temp.given_property() as p from generate_series(1, 3) as n) as x;
select pg_temp.given_integration(m.property_id, jsonb_build_object('api_credentials', m.envelope))
from made m;
select results_eq('select * from lead_sync.list_credentials()',
  'select m.property_id, m.envelope from made m order by m.property_id',
  'each property with its envelope, in their order');

update public.resman_integration i set sync_enabled = false, sync_status = 'paused';
select is(count(*), 3::bigint, 'disabled and paused ones too') from lead_sync.list_credentials();

set local role lead_sync_service;
select is(count(*), 3::bigint, 'the service role sees them')
from lead_sync.list_credentials();
reset role;

select * from finish();
rollback;
