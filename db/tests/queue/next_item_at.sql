-- next_item_at: when the next item is due by the clock.
begin;
select plan(16);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.next_item_at'),
  'timestamp with time zone | stable | enable_bitmapscan=off enable_hashjoin=off enable_mergejoin=off '
  'enable_seqscan=off enable_sort=off jit=off | -',
  'no role may call it, plan pinned');

create function pg_temp.wakes_at(p_at timestamptz) returns boolean
language sql
as $$ select lead_sync_private.next_item_at() = p_at $$;

-- edges
select is(lead_sync_private.next_item_at(), null, 'nothing waits');
select pg_temp.given_lead() as lead, pg_temp.given_lead() as other \gset
select is(lead_sync_private.next_item_at(), null, 'what is due at once waits for no time');

-- happy path: retries
update public.lead_sync_queue set next_retry_at = now() + interval '2 hours'
where conversation_id = :'lead';
select ok(pg_temp.wakes_at(now() + interval '2 hours'), 'a retry');
update public.lead_sync_queue set next_retry_at = now() + interval '1 hour'
where conversation_id = :'other';
select ok(pg_temp.wakes_at(now() + interval '1 hour'), 'the next one');
create function pg_temp.stop(p_lead uuid, p_set text) returns void
language plpgsql
as $$
begin
  update public.resman_integration i set sync_status = 'active', sync_enabled = true;
  execute format('update public.resman_integration i set %s where i.property_id = $1', p_set)
  using pg_temp.property_of(p_lead);
end
$$;
select pg_temp.stop(:'other', 'sync_status = ''paused''');
select ok(pg_temp.wakes_at(now() + interval '2 hours'), 'but not of a property that is paused');
select pg_temp.stop(:'other', 'sync_enabled = false');
select ok(pg_temp.wakes_at(now() + interval '2 hours'), 'nor of one that is switched off');
update public.lead_sync_queue set status = 'failed' where conversation_id = :'lead';
select is(lead_sync_private.next_item_at(), null, 'nor of what has ended');

-- leases
update public.lead_sync_queue set status = 'processing', next_retry_at = null,
  lease_until = now() + interval '1 min' where conversation_id = :'other';
select ok(pg_temp.wakes_at(now() + interval '1 min'), 'the end of a lease');
update public.lead_sync_queue set status = 'processing', next_retry_at = null,
  lease_until = now() + interval '30 s' where conversation_id = :'lead';
select ok(pg_temp.wakes_at(now() + interval '30 s'), 'the first to end');
update public.lead_sync_queue set lease_until = now() - interval '1 min';
select ok(pg_temp.wakes_at(now() - interval '1 min'), 'one that is overdue');
update public.lead_sync_queue set lease_until = null;
select is(lead_sync_private.next_item_at(), null, 'a lease without an end has none');

-- boundaries
update public.lead_sync_queue set status = 'completed';
select pg_temp.stop(:'lead', 'sync_frequency = ''daily''');
select ok(pg_temp.wakes_at(date_trunc('hour', now()) + interval '1 hour'), 'the next hour');
select pg_temp.stop(:'lead', 'sync_frequency = ''hourly''');
select ok(pg_temp.wakes_at(date_trunc('hour', now()) + interval '1 hour'),
  'for an hourly property too');
select pg_temp.stop(:'lead', 'sync_enabled = false');
select is(lead_sync_private.next_item_at(), null, 'not for one that is switched off');

-- the earliest of all
select pg_temp.stop(:'lead', 'sync_frequency = ''hourly''');
update public.lead_sync_queue set status = 'processing', lease_until = now() + interval '1 us';
select ok(pg_temp.wakes_at(now() + interval '1 us'), 'the earliest of all counts');

select * from finish();
rollback;
