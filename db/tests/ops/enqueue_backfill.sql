-- enqueue_backfill: what a property already holds, with low priority.
begin;
select plan(18);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync.enqueue_backfill'),
  'bigint | volatile definer | - | lead_sync_service', 'services may call it');

-- before anything was captured
set local session_replication_role = replica;
select pg_temp.given_property() as property, pg_temp.given_property() as bare \gset
select pg_temp.given_integration(:'property');
select pg_temp.given_conversation(pg_temp.given_user(), :'property',
    '{"created_at": "2026-01-01T00:00:00Z"}') as old,
  pg_temp.given_conversation(pg_temp.given_user(), :'property',
    '{"created_at": "2026-02-01T00:00:00Z"}') as new,
  pg_temp.given_conversation(pg_temp.given_user(), :'property',
    '{"created_at": "2026-03-01T00:00:00Z"}') as newest,
  pg_temp.given_conversation(null, :'property') as chat \gset
set local session_replication_role = origin;

-- edges
select is(lead_sync.enqueue_backfill(:'property', 'infinity'), 0::bigint, 'none begun since');
select ok(not pg_temp.woken(), 'nobody is woken for nothing');

-- happy path
select is(lead_sync.enqueue_backfill(:'property', '2026-03-01T00:00:00Z'), 1::bigint,
  'those begun since, that moment included');
select ok(pg_temp.woken(), 'runners are told');
select results_eq('select conversation_id, property_id, sync_operation::text, priority, '
  'sync_data, status::text, next_retry_at from public.lead_sync_queue',
  format($$values (%L::uuid, %L::uuid, 'push', 1, '{"conversation_id": "%1$s"}'::jsonb,
    'pending', null::timestamptz)$$, :'newest', :'property'), 'as a push of low priority');
select is(lead_sync.enqueue_backfill(:'property'), 2::bigint, 'then all the others');
select results_eq('select conversation_id from public.lead_sync_queue where priority = 1 '
  'order by seq offset 1', format('select c from unnest(array[%L, %L]::uuid[]) as c order by 1',
  :'old', :'new'), 'in a fixed order, no chat that is no lead');
select is(lead_sync.enqueue_backfill(:'property'), 0::bigint, 'what waits is not queued twice');

-- edges: what else there is of a conversation
update public.lead_sync_queue set sync_operation = 'enrichment' where conversation_id = :'old';
update public.lead_sync_queue set status = 'failed' where conversation_id = :'new';
select is(lead_sync.enqueue_backfill(:'property'), 2::bigint,
  'an item of another operation, or one that has ended, is none');
delete from public.lead_sync_queue;
insert into public.lead_sync_mapping (conversation_id, resman_lead_id) values (:'old', 'L1');
select is(lead_sync.enqueue_backfill(:'property'), 2::bigint, 'what is linked is not queued');

-- errors
select throws_ok(format('select lead_sync.enqueue_backfill(%s)', p), 'LS003',
  'property has no integration', 'refused: ' || name)
from (values (quote_literal(:'bare'), 'a property without an integration'),
  ('gen_random_uuid()', 'one that does not exist'), ('null', 'none')) as v(p, name);

-- effects
select is(c.resman_sync_status, 'not_synced', 'no conversation is written')
from public.conversation c where c.id = :'new';
delete from public.lead_sync_queue;
set local role lead_sync_service;
select is(lead_sync.enqueue_backfill(:'property'), 2::bigint, 'the role itself may call it');
reset role;
update public.resman_integration set sync_enabled = false;
delete from public.lead_sync_queue;
select is(lead_sync.enqueue_backfill(:'property'), 0::bigint,
  'a property that is switched off has no leads');
select is(count(*), 0::bigint, 'and nothing is queued') from public.lead_sync_queue;

select * from finish();
rollback;
