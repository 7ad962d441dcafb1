-- trip_breaker: calls that ResMan did not answer.
begin;
select plan(17);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.trip_breaker'),
  'interval | volatile | enable_bitmapscan=off enable_hashjoin=off enable_mergejoin=off '
  'enable_seqscan=off jit=off | -',
  'no role may call it');

select pg_temp.given_lead() as lead, pg_temp.given_lead() as other \gset
select pg_temp.given_setting(pg_temp.property_of(:'lead'), n, v) from (values
  ('breaker_failures', '3'::jsonb), ('breaker_pause', '10'), ('breaker_longest', '35')) as s(n, v);
select pg_temp.claim(:'lead');
create function pg_temp.trip(p_at_least interval default null) returns interval
language sql
as $$
  select lead_sync_private.trip_breaker(q, 'http_503', p_at_least)
  from public.lead_sync_queue q, held h
  where q.id = h.item and h.conversation_id = (
    select x.conversation_id from public.lead_sync_queue x order by x.seq limit 1)
$$;
create function pg_temp.breaker() returns text
language sql
as $$
  select format('%s %s %s %s', i.sync_status, b.failures, b.probes,
    round(extract(epoch from b.probe_at - b.opened_at)))
  from lead_sync_private.breaker b
  join public.resman_integration i on i.property_id = b.property_id
$$;

-- closed
select is(pg_temp.trip(), null, 'the first is only counted');
select is(pg_temp.trip(), null, 'the next too');
select is(pg_temp.breaker(), 'active 2 0 ', 'the property goes on');

-- open
update public.lead_sync_queue q set state = state || '{"outage": true}', status = 'pending',
  next_retry_at = now() + interval '1 s'
from held h where q.id = h.item and h.conversation_id = :'other';
update public.lead_sync_queue q set property_id = pg_temp.property_of(:'lead')
from held h where q.id = h.item and h.conversation_id = :'other';
select is(pg_temp.trip(), interval '10 s', 'at the limit it opens, for the first pause');
select is(pg_temp.breaker(), 'error 3 0 10', 'and the property waits');
select matches(status_reason, '3 calls in a row.*http_503.*tried again from', 'which says why')
from public.resman_integration where property_id = pg_temp.property_of(:'lead');
select is(next_retry_at, (select b.probe_at from lead_sync_private.breaker b),
  'what had failed waits for the probe')
from pg_temp.item(:'other');
select is(sync_status, 'active', 'no other property waits')
from public.resman_integration where property_id = pg_temp.property_of(:'other');

-- a call that was sent before it opened
select ok(pg_temp.trip() between interval '9 s' and interval '10 s',
  'a call from before it opened waits for the probe');
select is(pg_temp.breaker(), 'error 3 0 10', 'and is no probe');

-- probes
create function pg_temp.probe() returns void
language sql
as $$
  update public.lead_sync_queue set lease_started_at = clock_timestamp()
$$;
select pg_temp.probe();
select is(pg_temp.trip(), interval '20 s', 'a probe that fails doubles the pause');
select is(pg_temp.breaker(), 'error 4 1 20', 'counted');
select pg_temp.probe();
select is(pg_temp.trip(), interval '35 s', 'up to the longest');
select pg_temp.probe();
select is(pg_temp.trip('1 hour'), interval '1 hour', 'unless ResMan asks for more');
select pg_temp.probe();
update lead_sync_private.breaker set probes = 1000000;
select is(pg_temp.trip(), interval '35 s', 'however many have failed');
update public.resman_integration set sync_status = 'paused';
select pg_temp.probe(), pg_temp.trip();
select is(split_part(pg_temp.breaker(), ' ', 1), 'paused', 'a pause by hand stays');

select * from finish();
rollback;
