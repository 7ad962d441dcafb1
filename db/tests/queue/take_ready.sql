-- take_ready: an item locked by its place.
begin;
select plan(10);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.take_ready'),
  'lead_sync_queue | volatile | jit=off | -', 'no role may call it');

select pg_temp.given_lead() as lead \gset
select pg_temp.property_of(:'lead') as property \gset
select q.id as item, q.ctid as place from public.lead_sync_queue q
where q.conversation_id = :'lead' \gset
create function pg_temp.taken(p_place tid, p_property uuid, p_before timestamptz default 'infinity',
  p_busy uuid[] default '{}')
returns uuid
language sql
as $$
  select (lead_sync_private.take_ready(p_place, p_property, p_before, p_busy)).id
$$;

-- happy path
select is(pg_temp.taken(:'place', :'property'), :'item', 'the item at the place');
select is(q.status || q.ctid::text, 'pending' || :'place', 'nothing is written')
from public.lead_sync_queue q where q.id = :'item';

-- what is not due
select is(pg_temp.taken(:'place', gen_random_uuid()), null, 'not one of another property');
select is(pg_temp.taken(:'place', :'property', now() - interval '1 hour'), null,
  'not one that was queued later than what is due');
select is(pg_temp.taken(:'place', :'property', p_busy => array[:'lead']::uuid[]), null,
  'not while its conversation is busy');
select is(pg_temp.taken('(999999,1)', :'property'), null, 'nothing at a place without a row');
update public.lead_sync_queue set next_retry_at = now() where id = :'item';
select is(pg_temp.taken(:'place', :'property'), null, 'not where it was before it moved');
select is(pg_temp.taken((select ctid from public.lead_sync_queue where id = :'item'), :'property'),
  null, 'not one that waits for a time');
update public.lead_sync_queue set next_retry_at = null, status = 'failed' where id = :'item';
select is(pg_temp.taken((select ctid from public.lead_sync_queue where id = :'item'), :'property'),
  null, 'not one that has ended');

select * from finish();
rollback;
