-- trigger_add_sync_queue_item_delete: a linked conversation leaves a tombstone.
begin;
select plan(6);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.trigger_of('public.conversation', 'trigger_add_sync_queue_item_delete'),
  'before delete | row | - | lead_sync_private.bury_conversation',
  'when it fires, and what it calls');

-- happy path
select pg_temp.given_lead() as lead \gset
select pg_temp.property_of(:'lead') as property \gset
select pg_temp.given_mapping(:'lead', '{"resman_lead_id": "R1"}');
delete from public.conversation where id = :'lead';
select is(concat_ws(' ', t.property_id = :'property', t.resman_lead_id, t.kind), 't R1 deleted',
  'a tombstone, before the link is gone')
from lead_sync_private.tombstone t where t.conversation_id = :'lead';
select is(count(*), 0::bigint, 'with the conversation') from public.lead_sync_mapping
where resman_lead_id = 'R1';

-- edges: every row of a statement, and such as go with their chatbot
select pg_temp.given_lead() as one, pg_temp.given_lead() as other, pg_temp.given_lead() as gone
\gset
select pg_temp.given_mapping(c) from unnest(array[:'one', :'other', :'gone']::uuid[]) as c;
delete from public.conversation where id in (:'one', :'other');
delete from public.chatbot b using public.conversation c
where c.id = :'gone' and b.id = c.chatbot_id;
select is(count(*), 3::bigint, 'each of several, and by cascade')
from lead_sync_private.tombstone t where t.conversation_id in (:'one', :'other', :'gone');

-- edges: no link, and a delete that somebody undoes
select pg_temp.given_conversation(null, :'property') as chat \gset
delete from public.conversation where id = :'chat';
select is(count(*), 0::bigint, 'one without a link leaves none')
from lead_sync_private.tombstone t where t.conversation_id = :'chat';
select is(count(*), 0::bigint, 'and is deleted') from public.conversation where id = :'chat';

select * from finish();
rollback;
