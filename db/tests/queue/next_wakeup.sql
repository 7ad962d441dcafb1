-- next_wakeup: how long until something is due by the clock.
begin;
select plan(11);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync.next_wakeup'),
  'interval | stable definer | enable_bitmapscan=off enable_hashjoin=off enable_mergejoin=off '
  'enable_seqscan=off enable_sort=off jit=off | lead_sync_runner',
  'a runner asks, plan pinned');

-- Whether that is the time until then: the clock goes on between the two.
create function pg_temp.wakes_at(p_at timestamptz) returns boolean
language sql
as $$
  select w between p_at - clock_timestamp() and p_at - now() from lead_sync.next_wakeup() as w
$$;

-- edges
select is(lead_sync.next_wakeup(), null, 'nothing waits');
select pg_temp.given_lead() as lead, pg_temp.given_lead() as other \gset
select is(lead_sync.next_wakeup(), null, 'what is due at once waits for no time');

-- an item: which and when is next_item_at's
update public.lead_sync_queue set next_retry_at = now() + interval '2 hours'
where conversation_id = :'lead';
select ok(pg_temp.wakes_at(now() + interval '2 hours'), 'an item');
update public.lead_sync_queue set next_retry_at = now() - interval '1 s'
where conversation_id = :'lead';
select is(lead_sync.next_wakeup(), interval '0', 'what is overdue is due now');
update public.lead_sync_queue set status = 'completed', next_retry_at = null;

-- summaries
insert into lead_sync_private.summary_due (conversation_id, due_at)
values (:'lead', now() + interval '2 min'), (:'other', now() + interval '1 min');
select ok(pg_temp.wakes_at(now() + interval '1 min'), 'a chat that will have been quiet');
delete from lead_sync_private.summary_due where conversation_id = :'other';
select ok(pg_temp.wakes_at(now() + interval '2 min'), 'the next one');

-- pulls
update public.resman_integration set sync_direction = 'bidirectional';
insert into lead_sync_private.pull_state (property_id, read_until, due_at)
values (pg_temp.property_of(:'lead'), now(), now() + interval '30 s'),
  (pg_temp.property_of(:'other'), now(), now() + interval '20 s')
on conflict on constraint pk_pull_state do update set due_at = excluded.due_at;
select ok(pg_temp.wakes_at(now() + interval '20 s'), 'a pull');
update public.resman_integration set sync_direction = 'to_resman'
where property_id = pg_temp.property_of(:'other');
select ok(pg_temp.wakes_at(now() + interval '30 s'), 'not of a property that is not pulled');
update public.resman_integration set sync_status = 'paused';
select ok(pg_temp.wakes_at(now() + interval '2 min'), 'nor of one that is paused');

-- the earliest of all
update public.lead_sync_queue set status = 'processing', lease_until = now() + interval '1 min'
where conversation_id = :'lead';
select ok(pg_temp.wakes_at(now() + interval '1 min'), 'the earliest of all counts');

select * from finish();
rollback;
