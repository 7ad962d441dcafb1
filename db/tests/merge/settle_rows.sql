-- settle_rows: how DomIQ's rows show a link after a decision.
begin;
select plan(17);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.settle_rows'), 'void | volatile | - | -',
  'no role may call it');

-- A link, and what both rows of its lead show, before and after.
select pg_temp.given_lead() as lead \gset
select pg_temp.given_mapping(:'lead', '{"resman_lead_id": "L1", "contact_id": "P1"}') as mapping
\gset
delete from public.lead_sync_queue;
create function pg_temp.shown(p_lead uuid) returns text
language sql
as $$
  select concat_ws(' ', c.resman_sync_status, c.resman_lead_id, u.resman_sync_status,
    u.resman_contact_id)
  from public.conversation c left join public."user" u on u.id = c.user_id where c.id = p_lead
$$;
create function pg_temp.settled(p_lead uuid, p_pushes boolean default false) returns text
language plpgsql
as $$
begin
  perform lead_sync_private.settle_rows(m, p_pushes)
  from public.lead_sync_mapping m where m.conversation_id = p_lead;
  return pg_temp.shown(p_lead);
end
$$;
select is(pg_temp.shown(:'lead'), 'not_synced not_synced', 'a new lead');

-- happy path
select is(pg_temp.settled(:'lead'), 'synced L1 synced P1', 'nothing is left to do');
select is(pg_temp.settled(:'lead', true), 'not_synced L1 not_synced P1', 'a push follows');
select pg_temp.given_row('lead_sync_conflicts', jsonb_build_object('conversation_id', :'lead',
  'conflict_type', 'data_conflict', 'conflict_field', 'rent')) as conflict \gset
select is(pg_temp.settled(:'lead', true), 'conflict L1 conflict P1', 'another conflict is open');
update public.lead_sync_conflicts set resolution_status = 'manual_review';
select is(pg_temp.settled(:'lead'), 'conflict L1 conflict P1', 'or waits for a person');
update public.lead_sync_conflicts set resolution_status = 'resolved';
select is(pg_temp.settled(:'lead'), 'synced L1 synced P1', 'one that is resolved is none');
update public.lead_sync_conflicts set resolution_status = 'pending', conversation_id = null;
select is(pg_temp.settled(:'lead'), 'synced L1 synced P1', 'nor is another lead''s');

-- edges: what waits
select pg_temp.given_item(:'lead') as item \gset
select is(pg_temp.settled(:'lead'), 'not_synced L1 not_synced P1', 'a push waits');
update public.lead_sync_queue set sync_operation = 'status_update';
select is(pg_temp.settled(:'lead'), 'not_synced L1 not_synced P1', 'or a status');
update public.lead_sync_queue set sync_operation = 'enrichment';
select is(pg_temp.settled(:'lead'), 'synced L1 synced P1', 'events are no matter');
update public.lead_sync_queue set sync_operation = 'push', status = 'completed';
select is(pg_temp.settled(:'lead'), 'synced L1 synced P1', 'nor is what has ended');

-- edges: what is so already is not written
select c.xmin::text || u.xmin::text as before, c.ctid::text || u.ctid::text as place
from public.conversation c join public."user" u on u.id = c.user_id where c.id = :'lead' \gset
select is(pg_temp.settled(:'lead'), 'synced L1 synced P1', 'again');
select is(c.ctid::text || u.ctid::text, :'place', 'what is so already is not written')
from public.conversation c join public."user" u on u.id = c.user_id where c.id = :'lead';

-- edges: a chat without a user, and a link without a conversation
select pg_temp.given_property() as property \gset
select pg_temp.given_conversation(null, :'property') as chat \gset
select pg_temp.given_mapping(:'chat', '{"resman_lead_id": "L2"}');
select is(pg_temp.settled(:'chat'), 'synced L2', 'without a user');
select is(pg_temp.shown(:'lead'), 'synced L1 synced P1', 'another lead''s rows are untouched');
select lives_ok($$select lead_sync_private.settle_rows(null::public.lead_sync_mapping, true)$$,
  'without a conversation, nothing');

select * from finish();
rollback;
