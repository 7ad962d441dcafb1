-- run_reconciliation: queue a sweep over all links of a property.
begin;
select plan(9);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/pull.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync.run_reconciliation'),
  'uuid | volatile definer | - | lead_sync_service', 'a service calls it');

select pg_temp.given_pulling() as property, pg_temp.given_pulling() as elsewhere \gset
create temporary table links as
select status, pg_temp.given_mapping(pg_temp.given_conversation(pg_temp.given_user(), property),
  jsonb_build_object('mapping_status', status)) as id, property
from (values (:'property'::uuid, 'active'), (:'property', 'deleted'), (:'property', 'merged'),
  (:'property', 'inactive'), (:'elsewhere', 'active')) as x(property, status);
delete from public.lead_sync_queue;

-- happy path
select lead_sync.run_reconciliation(:'property') as run \gset
select results_eq(format('select property_id, repair, finished_at is null and links is null
    from lead_sync_private.reconciliation_run where id = %L', :'run'),
  format('values (%L::uuid, false, true)', :'property'), 'a run that repairs nothing');
select results_eq(format('select l.status, f.class, f.read_at is null
    from lead_sync_private.reconciliation_finding f join links l on l.id = f.mapping_id
      and l.property = %L where f.run_id = %L order by 1', :'property', :'run'),
  $$values ('active', 'unread', true), ('deleted', 'unread', true)$$,
  'links that stand, or whose lead had vanished, are to be read');
select is(count(*), 2::bigint, 'and no other''s')
from lead_sync_private.reconciliation_finding;
select results_eq('select property_id, sync_operation::text, status::text, priority, sync_data
    from public.lead_sync_queue',
  format('values (%L::uuid, ''pull'', ''pending'', 1, ''{"reconcile": "%s"}''::jsonb)',
    :'property', :'run'), 'one item of low priority');
select ok(pg_temp.woken(), 'runners are let know');

-- edges
select lead_sync.run_reconciliation(:'elsewhere', true) as mending,
  lead_sync.run_reconciliation(:'elsewhere', null) as plain \gset
select is(r.repair, r.id = :'mending', 'repair or not')
from lead_sync_private.reconciliation_run r where r.id in (:'mending', :'plain');

-- errors
select throws_ok(format('select lead_sync.run_reconciliation(%L)', pg_temp.given_property()),
  'LS003', null, 'a property without an integration');

select * from finish();
rollback;
