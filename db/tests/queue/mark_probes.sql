-- mark_probes: a probe is on its way.
begin;
select plan(5);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.mark_probes'),
  'void | volatile | enable_seqscan=off jit=off | -',
  'no role may call it');

create function pg_temp.given_breaker(p_probe_at timestamptz) returns uuid
language sql
as $$
  insert into lead_sync_private.breaker (property_id, failures, opened_at, probe_at)
  select pg_temp.given_property(), 5, now() - interval '1 day', p_probe_at
  returning property_id
$$;
select pg_temp.given_breaker(now()) as due, pg_temp.given_breaker(now() + interval '1 hour')
  as later, pg_temp.given_breaker(now()) as other \gset
insert into lead_sync_private.breaker (property_id) select pg_temp.given_property()
returning property_id as closed \gset

-- happy path
select lead_sync_private.mark_probes(array[:'due', :'later', :'closed']::uuid[], '1 min');
select ok(probe_at between now() + interval '1 min' and clock_timestamp() + interval '1 min',
  'no other goes before its lease is over')
from lead_sync_private.breaker where property_id = :'due';
select is(probe_at, now() + interval '1 hour', 'one that was not due is not marked')
from lead_sync_private.breaker where property_id = :'later';
select is(probe_at, null, 'nor one that is closed')
from lead_sync_private.breaker where property_id = :'closed';
select is(probe_at, now(), 'nor that of another property')
from lead_sync_private.breaker where property_id = :'other';

select * from finish();
rollback;
