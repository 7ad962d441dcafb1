-- claim_one: a candidate becomes a leased item, if nothing of its lead is in flight.
begin;
select plan(43);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.claim_one'),
  'lead_sync_queue | volatile | enable_bitmapscan=off enable_hashjoin=off '
  'enable_incremental_sort=off enable_mergejoin=off enable_seqscan=off enable_sort=off '
  'jit=off | -', 'no role may call it, and its plan is pinned');

create function pg_temp.claim_one(p_candidate uuid) returns public.lead_sync_queue
language sql
as $$
  select lead_sync_private.claim_one(q, 'runner', '90 s')
  from public.lead_sync_queue q where q.id = p_candidate
$$;

-- happy path
select pg_temp.given_lead() as lead \gset
update public.lead_sync_queue set attempt = 4, next_retry_at = now() - interval '1 s',
  updated_at = '2020-01-01'
where conversation_id = :'lead' returning id as item \gset
create temporary table claimed as select c.* from pg_temp.claim_one(:'item') c;
select collect_tap(
  is(c.id, :'item', 'the candidate is claimed'),
  is(c.status, 'processing', 'it is in flight'),
  is(c.lane, :'lead', 'its conversation leads the lead'),
  isnt(c.lease_token, null, 'there is a token'),
  ok(c.lease_started_at between now() and clock_timestamp(), 'the lease begins now'),
  is(c.lease_until - c.lease_started_at, interval '90 s', 'lasts as long as asked for'),
  is(c.lease_length, interval '90 s', 'and an answer renews it by as much'),
  is(c.runner_id, 'runner', 'it names the runner'),
  is(c.attempt, 5, 'the attempt is counted'),
  is(c.next_retry_at, null, 'nothing is waited for'),
  is(c.updated_at, c.lease_started_at, 'the row says when it was written'))
from claimed c;
select results_eq(format('select * from pg_temp.item(%L)', :'lead'), 'select * from claimed',
  'what is returned is the row');

-- one of a conversation
select pg_temp.given_item(:'lead', '{"sync_operation": "enrichment"}') as more \gset
select is((pg_temp.claim_one(:'more')).id, null, 'another item of it has to wait');
select is(q.status, 'pending', 'and stays as it is')
from public.lead_sync_queue q where q.id = :'more';
update public.lead_sync_queue set lane = gen_random_uuid() where id = :'item';
select is((pg_temp.claim_one(:'more')).id, null, 'whatever its lane');
update public.lead_sync_queue set status = 'completed', lane = :'lead' where id = :'item';
select is((pg_temp.claim_one(:'more')).id, :'more', 'until the first has ended');

-- one of a lead
select pg_temp.given_lead() as leading, pg_temp.given_lead() as following \gset
select pg_temp.given_mapping(:'leading') as mapping \gset
insert into lead_sync_private.follower (conversation_id, mapping_id)
values (:'following', :'mapping');
select is((pg_temp.claim_one((pg_temp.item(:'following')).id)).lane, :'leading',
  'the lane of a follower is the conversation that leads');
select is((pg_temp.claim_one((pg_temp.item(:'leading')).id)).id, null,
  'which has to wait meanwhile');

select pg_temp.given_user() as person \gset
update public.conversation set user_id = :'person' where id in (:'leading', :'following');
select pg_temp.given_conversation(:'person', pg_temp.property_of(:'leading')) as newcomer \gset
update public.lead_sync_queue set status = 'completed' where conversation_id <> :'newcomer';
select is((pg_temp.claim_one((pg_temp.item(:'newcomer')).id)).lane, :'leading',
  'so is that of one that is about to follow its user''s lead');
update public.lead_sync_queue set status = 'pending' where conversation_id = :'leading';
select is((pg_temp.claim_one((pg_temp.item(:'leading')).id)).id, null, 'which has to wait, too');
create function pg_temp.lane_of_newcomer(p_conversation uuid) returns uuid
language plpgsql
as $$
begin
  update public.lead_sync_queue set status = 'completed';
  update public.lead_sync_queue set status = 'pending' where conversation_id = p_conversation;
  return (pg_temp.claim_one((pg_temp.item(p_conversation)).id)).lane;
end
$$;
update public.lead_sync_mapping set mapping_status = 'deleted' where id = :'mapping';
select is(pg_temp.lane_of_newcomer(:'newcomer'), :'newcomer', 'but not of a lead that is gone');
update public.lead_sync_mapping set mapping_status = 'active',
  property_id = pg_temp.given_property() where id = :'mapping';
select is(pg_temp.lane_of_newcomer(:'newcomer'), :'newcomer', 'nor of one at another property');
update public.lead_sync_mapping set property_id = pg_temp.property_of(:'leading')
where id = :'mapping';
select pg_temp.given_mapping(:'newcomer');
select is(pg_temp.lane_of_newcomer(:'newcomer'), :'newcomer', 'nor where it has its own lead');
update public.lead_sync_mapping set mapping_status = 'merged'
where conversation_id = :'newcomer';
select is(pg_temp.lane_of_newcomer(:'newcomer'), :'leading', 'unless that was merged');

-- folding
select pg_temp.given_lead() as lead \gset
select id as oldest from public.lead_sync_queue where conversation_id = :'lead' \gset
select pg_temp.given_item(:'lead', '{"priority": 3}') as younger,
  pg_temp.given_item(:'lead', '{"sync_operation": "enrichment", "priority": 1}') as apart \gset
select is((pg_temp.claim_one(:'younger')).id, :'oldest', 'the oldest of a key is claimed');
select results_eq(format('select status::text, folded_into, error_code::text, lease_token '
  'from public.lead_sync_queue where id = %L', :'younger'),
  format('values (''cancelled'', %L::uuid, ''folded'', null::uuid)', :'oldest'),
  'the younger one is folded into it');
select is(priority, 3, 'its priority lives on')
from public.lead_sync_queue where id = :'oldest';
select is(status, 'pending', 'another operation is left alone')
from public.lead_sync_queue where id = :'apart';

-- backoff
select pg_temp.given_lead() as lead \gset
select id as oldest from public.lead_sync_queue where conversation_id = :'lead' \gset
update public.lead_sync_queue set next_retry_at = now() + interval '1 hour'
where id = :'oldest';
select pg_temp.given_item(:'lead') as younger \gset
select is((pg_temp.claim_one(:'younger')).id, null,
  'while the oldest backs off no younger one takes its place');
select results_eq(format('select status::text, folded_into, next_retry_at, attempt '
  'from public.lead_sync_queue where conversation_id = %L order by seq', :'lead'),
  format('values (''pending'', null::uuid, now() + interval ''1 hour'', 0), '
    '(''cancelled'', %L::uuid, null, 0)', :'oldest'),
  'it survives the fold with its backoff');
update public.lead_sync_queue set next_retry_at = now() - interval '1 s' where id = :'oldest';
select is((pg_temp.claim_one(:'oldest')).id, :'oldest', 'it is claimed once the time is over');

-- edges: queued while another transaction held the conversation's row
select pg_temp.given_lead() as lead \gset
update public.lead_sync_queue set conversation_id = null,
  sync_data = jsonb_build_object('conversation_id', conversation_id)
where conversation_id = :'lead' returning id as item \gset
select pg_temp.given_item(:'lead') as younger \gset
select results_eq(format('select id, conversation_id, lane from pg_temp.claim_one(%L)',
  :'item'),
  format('values (%L::uuid, %L::uuid, %2$L::uuid)', :'item', :'lead'),
  'the conversation is filled in');
select is(folded_into, :'item', 'before its key is folded')
from public.lead_sync_queue where id = :'younger';
select pg_temp.given_item(:'lead', '{"status": "cancelled"}') as item \gset
update public.lead_sync_queue set conversation_id = null, status = 'pending',
  sync_data = jsonb_build_object('conversation_id', gen_random_uuid())
where id = :'item';
select is((pg_temp.claim_one(:'item')).id, null,
  'a conversation that is gone is not claimed for');
select results_eq(format('select status::text, conversation_id from public.lead_sync_queue '
  'where id = %L', :'item'), $$values ('pending', null::uuid)$$, 'the item waits');

-- edges: work on a whole property
insert into public.lead_sync_queue (property_id, sync_operation, sync_data)
values (pg_temp.property_of(:'lead'), 'pull', '{"conversation_id": "none"}')
returning id as pull \gset
select results_eq(format('select id, lane, status::text from pg_temp.claim_one(%L)', :'pull'),
  format('values (%L::uuid, %L::uuid, ''processing'')', :'pull', pg_temp.property_of(:'lead')),
  'one pull of a property is in flight');

select is((pg_temp.claim_one(:'pull')).id, null, 'but once');
select pg_temp.property_of(:'lead') as property \gset
create function pg_temp.given_pull(p_property uuid, p_data jsonb) returns uuid
language sql
as $$
  insert into public.lead_sync_queue (property_id, sync_operation, sync_data)
  values (p_property, 'pull', p_data) returning id
$$;
select pg_temp.given_lead() as linked \gset
select pg_temp.given_mapping(:'linked', '{"resman_lead_id": "L5"}');
select is((pg_temp.claim_one(pg_temp.given_pull(:'property', '{"lead_id": "L5"}'))).lane,
  :'linked', 'a pull of one lead has its conversation''s');
select is((pg_temp.claim_one((pg_temp.item(:'linked')).id)).id, null,
  'which has to wait meanwhile');
select pg_temp.given_pull(:'property', '{"lead_id": "L6"}') as unknown \gset
select is((pg_temp.claim_one(:'unknown')).lane, :'unknown', 'or its own, where it has none');
select pg_temp.given_pull(pg_temp.property_of(:'linked'), '{}') as whole \gset
select is((pg_temp.claim_one(:'whole')).lane, pg_temp.property_of(:'linked'),
  'a pull of a property has the property''s');

-- effects
select is(c.resman_sync_status, 'not_synced', 'no conversation is written')
from public.conversation c where c.id = :'lead';

select * from finish();
rollback;
