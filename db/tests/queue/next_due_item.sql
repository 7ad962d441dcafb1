-- next_due_item: how long until an item is due, whatever is still to be queued.
begin;
select plan(7);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync.next_due_item'),
  'interval | stable definer | - | lead_sync_runner', 'a runner asks');

-- nothing
select is(lead_sync.next_due_item(), null, 'no item waits');
select pg_temp.given_lead() as lead \gset
select is(lead_sync.next_due_item(), null, 'what is due at once waits for no time');

-- happy path
update public.lead_sync_queue set next_retry_at = now() + interval '1 hour';
select ok(w between now() + interval '1 hour' - clock_timestamp() and interval '1 hour',
  'a retry') from lead_sync.next_due_item() as w;
update public.lead_sync_queue set status = 'processing', next_retry_at = null,
  lease_until = now() - interval '1 min';
select is(lead_sync.next_due_item(), interval '0', 'what is overdue is due now');

-- what is still to be queued
update public.lead_sync_queue set status = 'completed';
insert into lead_sync_private.summary_due (conversation_id, due_at)
values (:'lead', now() + interval '1 min');
update public.resman_integration set sync_direction = 'bidirectional';
insert into lead_sync_private.pull_state (property_id, read_until, due_at)
values (pg_temp.property_of(:'lead'), now(), now() + interval '1 min')
on conflict on constraint pk_pull_state do update set due_at = excluded.due_at;
select is(lead_sync.next_due_item(), null, 'a summary or pull is no item yet');
select isnt(lead_sync.next_wakeup(), null, 'though a runner will wake for it');

select * from finish();
rollback;
