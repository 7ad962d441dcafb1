-- take_create_intent: an e-mail and phone are reserved for one create. That two at the same
-- moment do not wait needs two sessions to show: runner/tests/test_locking.py.
begin;
select plan(17);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.take_create_intent'),
  'boolean | volatile | enable_bitmapscan=off enable_hashjoin=off enable_mergejoin=off '
  'enable_seqscan=off jit=off | -',
  'no role may call it');

select pg_temp.given_lead() as one, pg_temp.given_lead() as two \gset
select pg_temp.property_of(:'one') as property, pg_temp.property_of(:'two') as elsewhere \gset
create function pg_temp.take(p_property uuid, p_lead uuid, p_email text, p_phone text)
returns boolean
language sql
as $$
  select lead_sync_private.take_create_intent(p_property, p_lead, p_email, p_phone)
$$;
create view pg_temp.intents as
select property_id, contact, conversation_id from lead_sync_private.create_intent;

-- happy path
select is(pg_temp.take(:'property', :'one', 'a@example.com', '+1'), true, 'both are free');
select set_eq('select * from pg_temp.intents', format(
  $$values (%1$L::uuid, 'email:a@example.com', %2$L::uuid), (%1$L, 'phone:+1', %2$L)$$,
  :'property', :'one'), 'both are reserved');
select is(pg_temp.take(:'property', :'two', 'a@example.com', '+2'), false,
  'the e-mail is not free');
select is(pg_temp.take(:'property', :'two', 'b@example.com', '+1'), false, 'nor is the phone');
select is(count(*), 2::bigint, 'nothing is reserved by half') from pg_temp.intents;
select is(pg_temp.take(:'property', :'two', 'b@example.com', '+2'), true, 'others are');
select is(pg_temp.take(:'elsewhere', :'two', 'a@example.com', '+1'), true,
  'at another property they are free');
update lead_sync_private.create_intent set created_at = '2020-01-01';
select is(pg_temp.take(:'property', :'one', 'a@example.com', '+1'), true,
  'whoever has them takes them again');
select is(count(*), 2::bigint, 'from now on') from lead_sync_private.create_intent
where conversation_id = :'one' and created_at between now() and clock_timestamp();

-- edges: a holder that is heard of no more
update public.lead_sync_queue set status = 'failed' where conversation_id = :'one';
select is(pg_temp.take(:'property', :'two', 'a@example.com', null), false,
  'what a dead letter holds is held for an hour');
update lead_sync_private.create_intent set created_at = clock_timestamp() - interval '61 min';
create function pg_temp.taken_when(p_property uuid, p_holder uuid, p_lead uuid, p_status text)
returns boolean
language plpgsql
as $$
begin
  update public.lead_sync_queue set status = p_status where conversation_id = p_holder;
  return pg_temp.take(p_property, p_lead, 'a@example.com', null);
end
$$;
select is(pg_temp.taken_when(:'property', :'one', :'two', s), false,
  'as long as its item is ' || s)
from unnest(array['pending', 'processing']) as s;
select is(pg_temp.taken_when(:'property', :'one', :'two', 'failed'), true, 'then it is free');
select is(conversation_id, :'two', 'and another''s') from pg_temp.intents
where property_id = :'property' and contact = 'email:a@example.com';

-- edges: without a contact
select is(pg_temp.take(:'property', :'one', null, null), true,
  'nothing to reserve, nothing in the way');
select is(count(*), 6::bigint, 'nothing is added') from pg_temp.intents;

select * from finish();
rollback;
