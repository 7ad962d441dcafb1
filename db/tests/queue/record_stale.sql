-- record_stale: a successful answer that came too late is kept, and looked after.
begin;
select plan(17);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.record_stale'),
  'void | volatile | enable_bitmapscan=off enable_hashjoin=off enable_mergejoin=off '
  'enable_seqscan=off jit=off | -',
  'no role may call it');

create function pg_temp.waiting(p_lead uuid) returns bigint
language sql
as $$
  select count(*) from public.lead_sync_queue q
  where q.conversation_id = p_lead and q.status = 'pending' and q.sync_operation = 'push'
$$;

-- happy path
select pg_temp.given_save() as lead \gset
select to_jsonb(q)::text as before from pg_temp.item(:'lead') q \gset
select lead_sync_private.record_stale(q, '{"outcome": "ok", "leads": [{"lead_id": "L1"}],
  "items": [1]}') from pg_temp.item(:'lead') q;
select is(pg_temp.logged(:'lead'), 'create retry stale', 'the log has it');
select collect_tap(
  is(l.response_data, '{"outcome": "ok", "leads": [{"lead_id": "L1"}]}', 'with the answer'),
  is(l.sync_data ->> 'step', 'stale', 'that came too late'),
  is(l.error_message, 'an answer came under a lease that was no longer current', 'in words'))
from public.lead_sync_log l where l.conversation_id = :'lead';
select is(pg_temp.waiting(:'lead'), 1::bigint, 'a push that reads first is queued');
select is(q.priority, 2, 'of middling priority') from public.lead_sync_queue q
where q.conversation_id = :'lead' and q.status = 'pending';
select is(to_jsonb(q), :'before'::jsonb, 'the item itself is not touched')
from pg_temp.item(:'lead') q;

-- edges
select lead_sync_private.record_stale(q, '{"outcome": "ok"}') from pg_temp.item(:'lead') q;
select is(pg_temp.waiting(:'lead'), 1::bigint, 'a second one joins the push');
select pg_temp.given_lead() as lead \gset
update public.lead_sync_queue set status = 'completed' where conversation_id = :'lead';
select lead_sync_private.record_stale(q, pg_temp.failure('transient'))
from pg_temp.item(:'lead') q;
select is(pg_temp.logged(:'lead'), '', 'a failure is not kept');
select is(pg_temp.waiting(:'lead'), 0::bigint, 'and queues nothing');
update public.resman_integration set sync_enabled = false
where property_id = pg_temp.property_of(:'lead');
select lead_sync_private.record_stale(q, '{"outcome": "ok"}') from pg_temp.item(:'lead') q;
select is(pg_temp.logged(:'lead'), 'update retry stale', 'what is no lead any more is kept');
select is(pg_temp.waiting(:'lead'), 0::bigint, 'but queues nothing');
select count(*) as logs from public.lead_sync_log \gset
select lead_sync_private.record_stale(null, '{"outcome": "ok"}');
select is(count(*), :logs::bigint, 'an item that is gone leaves no trace')
from public.lead_sync_log;
select lead_sync_private.record_stale(jsonb_populate_record(q, '{"conversation_id": null}'),
  '{"outcome": "ok"}') from pg_temp.item(:'lead') q;
select is(count(*), :logs::bigint, 'nor does one without a conversation')
from public.lead_sync_log;
select lead_sync_private.record_stale(jsonb_populate_record(q, '{"id": null}'),
  '{"outcome": "ok"}') from pg_temp.item(:'lead') q;
select is(count(*), :logs::bigint, 'nor one without an id') from public.lead_sync_log;
select is(pg_temp.waiting(:'lead'), 0::bigint, 'nothing is queued for either');

select * from finish();
rollback;
