-- reconciliation_report: what a reconciliation found.
begin;
select plan(9);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/pull.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync.reconciliation_report'),
  'jsonb | stable definer | - | lead_sync_service', 'a service calls it');

select pg_temp.given_pulling() as property \gset
create function pg_temp.link(p_property uuid) returns uuid
language sql
as $$
  select pg_temp.given_mapping(pg_temp.given_conversation(pg_temp.given_user(), p_property))
$$;

-- edges: nothing to read
select lead_sync.run_reconciliation(:'property') as run \gset
select is(lead_sync.reconciliation_report(:'run') - 'started_at', jsonb_build_object(
  'run_id', :'run', 'property_id', :'property', 'repair', false, 'finished_at', null,
  'classes', '{}'::jsonb, 'findings', '[]'::jsonb), 'a run without links, under way');
select ok((lead_sync.reconciliation_report(:'run') ->> 'started_at')::timestamptz
  <= clock_timestamp(), 'since when');

-- happy path
insert into lead_sync_private.reconciliation_finding (run_id, mapping_id, class, groups)
select :'run', pg_temp.link(:'property'), x.class, x.groups
from (values ('matched', null), ('matched', null), ('pending', null), ('in_flight', null),
  ('conflict', '{"groups": ["email"]}'), ('suppressed', null), ('unread', null),
  ('drift', '{"groups": ["name", "rent"], "repaired": "updated"}'::jsonb),
  ('missing_in_resman', null), ('missing_in_domiq', null)) as x(class, groups);
select is(lead_sync.reconciliation_report(:'run') -> 'classes', '{"matched": 2, "pending": 1,
  "in_flight": 1, "conflict": 1, "suppressed": 1, "unread": 1, "drift": 1,
  "missing_in_resman": 1, "missing_in_domiq": 1}', 'how many of each');
select results_eq(format('select f ->> ''class'', f - ''class'' - ''conversation_id''
      - ''resman_lead_id'' from jsonb_array_elements(
      lead_sync.reconciliation_report(%L) -> ''findings'') as f', :'run'),
  $$values ('drift', '{"groups": ["name", "rent"], "repaired": "updated"}'::jsonb),
    ('missing_in_domiq', '{}'), ('missing_in_resman', '{}')$$,
  'what is amiss, one by one, in order');
select is(count(*), 3::bigint, 'with its conversation and lead')
from jsonb_array_elements(lead_sync.reconciliation_report(:'run') -> 'findings') as f
join public.lead_sync_mapping m on m.conversation_id::text = f ->> 'conversation_id'
  and m.resman_lead_id = f ->> 'resman_lead_id';
update lead_sync_private.reconciliation_run set finished_at = '2026-01-01T00:00:00Z',
  repair = true;
select is((r ->> 'finished_at')::timestamptz = '2026-01-01T00:00:00Z'
  and (r ->> 'repair')::boolean, true, 'its end')
from lead_sync.reconciliation_report(:'run') as r;

-- edges: another run
select lead_sync.run_reconciliation(:'property') as next \gset
select is(lead_sync.reconciliation_report(:'next') -> 'classes', '{"unread": 10}',
  'each run by itself');

-- errors
select throws_ok(format('select lead_sync.reconciliation_report(%L)', gen_random_uuid()),
  'LS002', null, 'no such run');

select * from finish();
rollback;
