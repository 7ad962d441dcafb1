-- complete_item: the end of an item that leaves nothing in DomIQ's rows to write.
begin;
select plan(8);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.complete_item'), 'text | volatile | - | -',
  'no role may call it');

select pg_temp.given_lead() as lead \gset
select pg_temp.claim(:'lead');
update public.resman_integration set error_count = 3;
select is(lead_sync_private.complete_item(q, 'status_change', '{"step": "save"}',
  '{"outcome": "ok"}'), 'completed', 'it says how the item ended')
from pg_temp.item(:'lead') q;

-- effects
select collect_tap(
  is(q.status, 'completed', 'the item has ended'),
  ok(q.processed_at is not null and q.lease_token is null, 'at a time, without a lease'))
from pg_temp.item(:'lead') q;
select is(pg_temp.logged(:'lead'), 'status_change success', 'the log has the attempt');
select collect_tap(
  is(l.sync_data ->> 'step', 'save', 'with what was sent'),
  is(l.response_data, '{"outcome": "ok"}', 'and what came back'))
from public.lead_sync_log l where l.conversation_id = :'lead';
select results_eq('select error_count from public.resman_integration', array[0],
  'its property is well');

select * from finish();
rollback;
