-- open_gate: how many more items of a property may be claimed.
begin;
select plan(29);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.open_gate'),
  'record | volatile | enable_bitmapscan=off enable_hashjoin=off '
  'enable_incremental_sort=off enable_mergejoin=off enable_seqscan=off enable_sort=off '
  'jit=off | -',
  'no role may call it, plan pinned');

select pg_temp.given_property() as property, pg_temp.given_property() as other \gset
create function pg_temp.room(p_property uuid) returns integer
language sql
as $$
  select g.room from lead_sync_private.open_gate(p_property, clock_timestamp(), 0) g
$$;

-- the integration
select is(pg_temp.room(:'property'), 0, 'none without an integration');
select pg_temp.given_integration(:'property'), pg_temp.given_integration(:'other');
select is(pg_temp.room(:'property'), 4, 'as many as may be in flight');
update public.resman_integration set sync_status = 'paused';
select is(pg_temp.room(:'property'), 0, 'none while it is paused');
update public.resman_integration set sync_status = 'disconnected';
select is(pg_temp.room(:'property'), 0, 'or disconnected');
update public.resman_integration set sync_status = 'active', sync_enabled = false;
select is(pg_temp.room(:'property'), 0, 'or switched off');
update public.resman_integration set sync_enabled = true;
select ok(g.before = 'infinity' and g.busy = '{}', 'what is due, and nothing is busy')
from lead_sync_private.open_gate(:'property', now(), 0) g;

-- in flight
create function pg_temp.given_flight(p_property uuid) returns uuid
language sql
as $$
  insert into public.lead_sync_queue
    (conversation_id, property_id, sync_operation, sync_data, status)
  select pg_temp.given_conversation(pg_temp.given_user(), p_property), p_property, 'push', '{}',
    'processing'
  returning conversation_id
$$;
select pg_temp.given_flight(:'property') as flying \gset
insert into public.lead_sync_queue (property_id, sync_operation, sync_data, status)
values (:'property', 'pull', '{}', 'processing');
select is(pg_temp.room(:'property'), 2, 'less what is in flight, pulls too');
select is(g.busy, array[:'flying']::uuid[], 'whose conversations are named')
from lead_sync_private.open_gate(:'property', now(), 0) g;
select is(pg_temp.room(:'other'), 4, 'another property has its own');
select is(g.room, 2, 'those that have no number are never below the low-water mark')
from lead_sync_private.open_gate(:'property', clock_timestamp(), 1000) g;
update public.lead_sync_queue set claim_number = 999 where conversation_id = :'flying';
select ok(g.room = 3 and g.busy = '{}', 'what is below it is not looked at')
from lead_sync_private.open_gate(:'property', clock_timestamp(), 1000) g;
select pg_temp.given_flight(:'property') from generate_series(1, 2);
select is(pg_temp.room(:'property'), 0, 'none at the limit');
select pg_temp.given_setting(:'property', 'in_flight_limit', '2');
select ok(pg_temp.room(:'property') < 1, 'none above one that was lowered');
select pg_temp.given_setting(:'property', 'in_flight_limit', '100');

-- the rate
select is(pg_temp.room(:'property'), 18, 'no more than leave within a second');
insert into lead_sync_private.rate_slot values (:'property', now() + interval '1 hour');
select is(pg_temp.room(:'property'), 0, 'none when its requests are spoken for');
delete from lead_sync_private.rate_slot;
select pg_temp.given_setting(:'property', 'partner', '"p"'),
  pg_temp.given_setting(:'property', 'partner_rate_limit', '10');
select is(pg_temp.room(:'property'), 9, 'or than the partner''s rate lets through');
insert into lead_sync_private.rate_slot values ('partner:p', now() + interval '1 hour');
select is(pg_temp.room(:'property'), 0, 'none when that is spoken for');
delete from lead_sync_private.rate_slot;
select pg_temp.given_setting(:'property', 'partner_rate_limit', '0');

-- a slow rate
delete from public.lead_sync_queue where status = 'processing';
select pg_temp.given_setting(:'property', 'rate_limit', '0.2');
select is(g.room, 1, 'a request a moment')
from lead_sync_private.open_gate(:'property', clock_timestamp(), 0) g;
select pg_temp.given_flight(:'property') from generate_series(1, 2);
select is(pg_temp.room(:'property'), 0, 'and no more in flight than can have a place in time');
select pg_temp.given_setting(:'property', 'rate_limit', '20');
select pg_temp.given_flight(:'property') from generate_series(1, 2);

-- what the partner has in flight
select pg_temp.given_setting(:'property', 'partner_in_flight_limit', '6'),
  pg_temp.given_setting(:'other', 'partner', '"p"');
select is(pg_temp.room(:'property'), 2, 'its partner''s limit counts');
select pg_temp.given_flight(:'other');
select is(pg_temp.room(:'property'), 1, 'with what its other properties have in flight');
select pg_temp.given_setting(:'other', 'partner', '"q"');
select is(pg_temp.room(:'property'), 2, 'not with those of another');

-- the breaker
delete from public.lead_sync_queue;
update public.resman_integration set sync_status = 'error';
select is(pg_temp.room(:'property'), 0, 'one that was set to error by hand waits');
insert into lead_sync_private.breaker (property_id, failures, opened_at, probe_at)
values (:'property', 5, now(), now() + interval '1 hour');
select is(pg_temp.room(:'property'), 0, 'while the breaker is open');
update lead_sync_private.breaker set probe_at = now();
select is(pg_temp.room(:'property'), 1, 'until one probe is due');
select pg_temp.given_setting(:'property', 'in_flight_limit', '1');
select pg_temp.given_flight(:'property');
select is(pg_temp.room(:'property'), 0, 'which keeps to the limits');
update public.resman_integration set sync_status = 'paused';
select is(pg_temp.room(:'property'), 0, 'and to a pause');

-- hourly
update public.resman_integration set sync_status = 'active', sync_frequency = 'hourly';
select is(g.before, date_trunc('hour', now()), 'what was queued before the hour is due')
from lead_sync_private.open_gate(:'other', now(), 0) g;

select * from finish();
rollback;
