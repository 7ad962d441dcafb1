-- fold_pending: one item says what all pending ones of its key would.
begin;
select plan(18);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.fold_pending'),
  'integer | volatile | enable_bitmapscan=off enable_hashjoin=off '
  'enable_incremental_sort=off enable_mergejoin=off enable_seqscan=off enable_sort=off '
  'jit=off | -', 'no role may call it, plan pinned');

-- happy path
select pg_temp.given_lead() as lead, pg_temp.given_lead() as other \gset
select (pg_temp.item(:'lead')).id as item \gset
select pg_temp.given_item(:'lead', '{"priority": 1, "next_retry_at": "2030-01-01",
    "updated_at": "2020-01-01"}') as low,
  pg_temp.given_item(:'lead', '{"priority": 3}') as high,
  pg_temp.given_item(:'lead', '{"sync_operation": "enrichment"}') as apart,
  pg_temp.given_item(:'lead', '{"status": "failed"}') as dead \gset
update public.lead_sync_queue set state = '{"failures": 1}', next_retry_at = '2030-02-01'
where id = :'item';
select is(lead_sync_private.fold_pending(:'item'), 2, 'it says how many');
select collect_tap(
  is(q.status, 'cancelled', 'what is folded has ended'),
  is(q.folded_into, :'item', 'and says in which item'),
  is(q.error_code, 'folded', 'with a code'),
  is(q.error_message,
    'another pending item of the same conversation and operation took over', 'in words'),
  ok(q.processed_at between now() and clock_timestamp(), 'now'),
  ok(q.updated_at between now() and clock_timestamp(), 'was written now'),
  is(q.next_retry_at, null, 'and waits for nothing'))
from public.lead_sync_queue q where q.id = :'low';
select results_eq(format('select status::text, priority, state, next_retry_at, folded_into '
  'from public.lead_sync_queue where id = %L', :'item'),
  $$values ('pending', 3, '{"failures": 1}'::jsonb, '2030-02-01'::timestamptz, null::uuid)$$,
  'the survivor takes the highest priority, and keeps its backoff');
select is(status, 'pending', 'another operation is left alone')
from public.lead_sync_queue where id = :'apart';
select is(status, 'failed', 'what has ended too')
from public.lead_sync_queue where id = :'dead';
select is((pg_temp.item(:'other')).status, 'pending', 'and other conversations');

-- edges
select is(lead_sync_private.fold_pending(:'item'), 0, 'then there is none');
select pg_temp.given_item(:'lead', '{"priority": 1}') as low \gset
select is(lead_sync_private.fold_pending(:'item'), 1, 'one that is less urgent');
select is(priority, 3, 'leaves the priority') from public.lead_sync_queue where id = :'item';
update public.lead_sync_queue set conversation_id = null where conversation_id = :'other';
insert into public.lead_sync_queue (property_id, sync_operation, sync_data)
values (gen_random_uuid(), 'push', '{}') returning id as bare \gset
select is(lead_sync_private.fold_pending(:'bare'), 0, 'without a conversation there is no key');
select is(lead_sync_private.fold_pending(gen_random_uuid()), 0, 'nor without an item');

select * from finish();
rollback;
