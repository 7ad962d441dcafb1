-- plan_sweep: the read of the next link of a reconciliation.
begin;
select plan(9);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/pull.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.plan_sweep'),
  'jsonb | stable | enable_bitmapscan=off enable_hashjoin=off enable_mergejoin=off '
  'enable_seqscan=off jit=off | -',
  'no role may call it');

select pg_temp.given_pulling() as property \gset
create temporary table link as
select pg_temp.given_mapping(pg_temp.given_conversation(pg_temp.given_user(), :'property')) as id
from generate_series(1, 3);
select lead_sync.run_reconciliation(:'property') as run, lead_sync.run_reconciliation(:'property')
  as other \gset
create function pg_temp.plan(p_run uuid, p_state jsonb default '{}') returns jsonb
language sql
as $$
  select lead_sync_private.plan_sweep(jsonb_populate_record(null::public.lead_sync_queue,
    jsonb_build_object('sync_data', jsonb_build_object('reconcile', p_run))), p_state)
$$;

-- happy path
select is(p #> '{request,by,lead_id}', to_jsonb(m.resman_lead_id), 'the first link is read by its id')
from pg_temp.plan(:'run', '{"swept": 7}') as p
cross join (select * from public.lead_sync_mapping order by id limit 1) as m;
select is(jsonb_build_object('call', p #> '{request,call}', 'step', p #> '{state,step}',
    'mapping', p #> '{state,mapping_id}', 'swept', p #> '{state,swept}'),
  jsonb_build_object('call', 'search_leads', 'step', 'sweep', 'mapping', m.id, 'swept', 7),
  'and is remembered')
from pg_temp.plan(:'run', '{"swept": 7}') as p
cross join (select id from link order by id limit 1) as m;
update lead_sync_private.reconciliation_finding f set class = 'matched'
where f.run_id = :'run' and f.mapping_id = (select id from link order by id limit 1);
select is((p #>> '{state,mapping_id}')::uuid, m.id, 'then the next that was not')
from pg_temp.plan(:'run') as p
cross join (select id from link order by id offset 1 limit 1) as m;

-- edges: its share
select is(pg_temp.plan(:'run', '{"swept": 99}') ? 'request', true, 'a hundred at a time');
select is(pg_temp.plan(:'run', '{"swept": 100}'), '{"end": "sweep on"}', 'and no more');

-- edges: the end
update lead_sync_private.reconciliation_finding set class = 'drift' where run_id = :'run';
select is(pg_temp.plan(:'run', '{"swept": 100}'), '{"end": "swept"}',
  'the last of a hundred ends it, though another run has some left');
select is(pg_temp.plan(:'other') ? 'request', true, 'that goes on');
delete from public.lead_sync_mapping;
select is(pg_temp.plan(:'other'), '{"end": "swept"}', 'links that are gone are not read');

select * from finish();
rollback;
