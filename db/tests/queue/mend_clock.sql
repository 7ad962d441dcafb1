-- mend_clock: a clock that steps back.
begin;
select plan(16);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.mend_clock'),
  'integer | volatile | enable_seqscan=off jit=off | -',
  'no role may call it');

-- A lead in flight, one that backs off, a pull, a rate, a breaker and a link, by the old time.
select pg_temp.given_lead() as flying, pg_temp.given_lead() as waiting, pg_temp.given_lead() as idle
\gset
select pg_temp.claim(:'flying');
update public.lead_sync_queue set status = 'pending', lease_token = null, lease_until = null,
  next_retry_at = now() + interval '10 min' where conversation_id = :'waiting';
update public.lead_sync_queue set status = 'completed' where conversation_id = :'idle';
select pg_temp.property_of(:'idle') as property \gset
insert into lead_sync_private.pull_state values
  (:'property', now() - interval '1 min', null, now() + interval '1 min');
insert into lead_sync_private.pulled_lead (property_id, resman_lead_id, lead, issued_at) values
  (:'property', 'L1', '{}', now()), (:'property', 'L2', '{}', now() - interval '1 day');
insert into lead_sync_private.rate_slot values ('k', now() + interval '1 s');
insert into lead_sync_private.breaker (property_id, failures, opened_at, probe_at)
values (:'property', 5, now(), now() + interval '1 min');
select pg_temp.given_mapping(:'idle', jsonb_build_object('base_moved_at', now(),
  'resman_read_at', now()));

-- no step
select is(lead_sync_private.mend_clock(), 0, 'the first look');
select is(lead_sync_private.mend_clock(), 0, 'the clock goes on');
select is((pg_temp.item(:'flying')).status, 'processing', 'and nothing is touched');

-- An hour back: what there is was written an hour ahead of now.
update lead_sync_private.schedule_clock set seen_at = clock_timestamp() + interval '1 hour';
update public.lead_sync_queue set lease_started_at = lease_started_at + interval '1 hour',
  lease_until = lease_until + interval '1 hour', updated_at = updated_at + interval '1 hour',
  next_retry_at = next_retry_at + interval '1 hour';
update lead_sync_private.pull_state set read_until = read_until + interval '1 hour',
  due_at = due_at + interval '1 hour';
update lead_sync_private.pulled_lead set issued_at = issued_at + interval '1 hour';
update lead_sync_private.rate_slot set next_at = next_at + interval '1 hour';
update lead_sync_private.breaker set opened_at = opened_at + interval '1 hour',
  probe_at = probe_at + interval '1 hour';
update public.lead_sync_mapping set base_moved_at = base_moved_at + interval '1 hour',
  resman_read_at = resman_read_at + interval '1 hour';
select is(lead_sync_private.mend_clock(), 1, 'a step back: what was in flight is taken back');
create function pg_temp.near(p_time timestamptz, p_at timestamptz) returns boolean
language sql
as $$
  select abs(extract(epoch from p_time - p_at)) < 60
$$;
select ok(q.status = 'pending' and q.retry_count = 0 and q.error_code = 'clock_step', 'uncounted')
from pg_temp.item(:'flying') q;
select is(pg_temp.answer(:'flying', '{"outcome": "ok", "leads": []}'), '{"stale": true}',
  'its answer comes too late');
select ok(pg_temp.near(q.next_retry_at, now() + interval '10 min'), 'a backoff is as long as it was')
from pg_temp.item(:'waiting') q;
select ok(pg_temp.near(s.due_at, now() + interval '1 min'), 'the next pull comes when it should')
from lead_sync_private.pull_state s;
select ok(s.read_until < now() - interval '1 hour', 'and reads from before the step')
from lead_sync_private.pull_state s;
select is(array_agg(p.resman_lead_id), '{L2}', 'a lead that was read by the old time is read again')
from lead_sync_private.pulled_lead p;
select ok(pg_temp.near(r.next_at, now()), 'a rate is not held up')
from lead_sync_private.rate_slot r where r.limited = 'k';
select ok(pg_temp.near(b.probe_at, now() + interval '1 min') and b.opened_at <= clock_timestamp(),
  'nor a probe')
from lead_sync_private.breaker b;
select ok(m.base_moved_at <= clock_timestamp() and m.resman_read_at <= clock_timestamp(),
  'what is read from now on counts as new')
from public.lead_sync_mapping m where m.conversation_id = :'idle';

-- edges
select is(lead_sync_private.mend_clock(), 0, 'once is enough');
update lead_sync_private.schedule_clock set seen_at = clock_timestamp() + interval '1 s';
select pg_temp.claim(:'flying');
select is(lead_sync_private.mend_clock(), 0, 'a second is no step');

select * from finish();
rollback;
