-- close_breaker: ResMan has answered again.
begin;
select plan(13);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.close_breaker'),
  'void | volatile | enable_bitmapscan=off enable_hashjoin=off enable_mergejoin=off '
  'enable_seqscan=off jit=off | -',
  'no role may call it');

select pg_temp.given_silent_item() as lead \gset
select pg_temp.property_of(:'lead') as property \gset
create function pg_temp.given_breaker(p_property uuid, p_opened_at timestamptz) returns void
language sql
as $$
  delete from lead_sync_private.breaker;
  insert into lead_sync_private.breaker (property_id, failures, probes, opened_at, probe_at)
  values (p_property, 7, 2, p_opened_at, p_opened_at + interval '1 hour')
$$;
create function pg_temp.breaker() returns text
language sql
as $$
  select format('%s %s %s', b.failures, b.probes, b.probe_at) from lead_sync_private.breaker b
$$;

-- nothing had failed
select lives_ok(format('select lead_sync_private.close_breaker(%L)', :'property'),
  'a property that never failed');
select is_empty('select from lead_sync_private.breaker', 'nothing is written');

-- closed, with failures
select pg_temp.given_breaker(:'property', null);
update public.resman_integration set sync_status = 'paused', status_reason = 'by hand'
where property_id = :'property';
select lead_sync_private.close_breaker(:'property');
select is(pg_temp.breaker(), '0 0 ', 'its failures are forgotten');
select is(sync_status || status_reason, 'pausedby hand', 'and nothing else happens')
from public.resman_integration where property_id = :'property';

-- open
select pg_temp.given_breaker(:'property', now());
update public.resman_integration set sync_status = 'error', status_reason = 'no answer'
where property_id = :'property';
select pg_temp.given_setting(:'property', 'rate_limit', '2');
update public.lead_sync_queue set state = '{"outage": true}', next_retry_at = now() + interval '1 h'
where property_id = :'property';
insert into public.lead_sync_queue (property_id, sync_operation, sync_data, next_retry_at, state)
select :'property', 'pull', '{}', now() + interval '1 hour', s.state::jsonb
from (values ('{"outage": true}'), ('{"outage": true}'), ('{}')) as s(state);
select ok(not pg_temp.woken(), 'nobody is woken yet');
select lead_sync_private.close_breaker(:'property');
select is(pg_temp.breaker(), '0 0 ', 'it closes');
select is(sync_status || coalesce(status_reason, ''), 'active', 'the property is active again')
from public.resman_integration where property_id = :'property';
select is(array(
  select round(extract(epoch from q.next_retry_at - now()), 1)
    - min(round(extract(epoch from q.next_retry_at - now()), 1)) over ()
  from public.lead_sync_queue q where q.property_id = :'property' and q.state ? 'outage'
  order by q.seq), '{0.0,0.5,1.0}', 'what failed is let go at the pace of its rate');
select ok(min(next_retry_at) <= clock_timestamp(), 'from now on')
from public.lead_sync_queue where property_id = :'property';
select is(max(next_retry_at), now() + interval '1 hour', 'what waits for another reason waits on')
from public.lead_sync_queue where property_id = :'property';
select ok(pg_temp.woken(), 'runners hear of it');

-- a pause by hand
select pg_temp.given_breaker(:'property', now());
update public.resman_integration set sync_status = 'paused' where property_id = :'property';
select lead_sync_private.close_breaker(:'property');
select is(sync_status, 'paused', 'a pause by hand stays')
from public.resman_integration where property_id = :'property';

select * from finish();
rollback;
