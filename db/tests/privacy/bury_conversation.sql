-- bury_conversation: a deleted conversation leaves a tombstone.
begin;
select plan(16);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.bury_conversation'),
  'trigger | volatile definer | enable_seqscan=off jit=off | -', 'no role may call it');

-- The tombstones that a deletion leaves.
create function pg_temp.left_by(p_lead uuid) returns setof lead_sync_private.tombstone
language plpgsql
as $$
begin
  delete from lead_sync_private.tombstone;
  delete from public.conversation where id = p_lead;
  return query select t.* from lead_sync_private.tombstone t;
end
$$;

-- happy path: a link
select pg_temp.given_lead() as lead, pg_temp.given_lead() as other \gset
select pg_temp.property_of(:'lead') as property \gset
select pg_temp.given_mapping(:'lead', '{"resman_lead_id": "R1"}'), pg_temp.given_mapping(:'other');
select lead_sync_private.hash_contacts(:'property', to_jsonb(u)) as hashes
from public."user" u join public.conversation c on c.user_id = u.id where c.id = :'lead' \gset
select results_eq(format('select property_id, conversation_id, resman_lead_id, contact_hashes,
    kind, lifted_at is null from pg_temp.left_by(%L)', :'lead'),
  format('values (%L::uuid, %L::uuid, ''R1'', %L::text[], ''deleted'', true)', :'property',
    :'lead', :'hashes'), 'its lead and its person are not to come back');
select is(cardinality(:'hashes'::text[]), 2, 'by e-mail and phone');
select is(count(*), 0::bigint, 'the lead stays as it is in ResMan')
from public.lead_sync_queue where sync_data ? 'retire';
select pg_temp.given_setting(pg_temp.property_of(:'other'), 'deletion', '"lost"');
select is(count(*), 1::bigint, 'one each') from pg_temp.left_by(:'other');
select is(count(*), 1::bigint, 'the lead is marked lost where the property wants that')
from public.lead_sync_queue where sync_data ? 'retire';

-- edges: no link
select pg_temp.given_lead() as lead \gset
select is_empty(format('select from pg_temp.left_by(%L)', :'lead'),
  'one that was never sent leaves none');
create function pg_temp.given_sent(p_status text, p_state jsonb) returns uuid
language plpgsql
as $$
declare
  v_lead uuid := pg_temp.given_lead();
begin
  update public.lead_sync_queue set status = p_status, state = p_state
  where conversation_id = v_lead;
  return v_lead;
end
$$;
create function pg_temp.left_after(p_status text, p_state jsonb) returns text
language plpgsql
as $$
declare
  v_lead uuid := pg_temp.given_sent(p_status, p_state);
  v_property uuid := pg_temp.property_of(v_lead);
begin
  return (
    select coalesce(string_agg(concat_ws(' ', t.kind, t.resman_lead_id,
      t.property_id = v_property, cardinality(t.contact_hashes)), ', '), 'none')
    from pg_temp.left_by(v_lead) t);
end
$$;
select is(pg_temp.left_after(status, state), want, format('a create that is %s, %s', status,
  state))
from (values ('pending', '{"sent": {}}'::jsonb, 'deleted t 2'),
  ('processing', '{"sent": {}}', 'deleted t 2'), ('failed', '{"sent": {}}', 'deleted t 2'),
  ('completed', '{"sent": {}}', 'none'), ('pending', '{"read": {}}', 'none'))
  as x(status, state, want);

-- edges: a person who has another conversation that stands for the lead
select pg_temp.given_sent('pending', '{"sent": {}}') as lead, pg_temp.given_lead() as leads \gset
update public.conversation c set user_id = l.user_id, chatbot_id = l.chatbot_id
from public.conversation l where l.id = :'leads' and c.id = :'lead';
insert into lead_sync_private.follower (conversation_id, mapping_id)
values (:'lead', pg_temp.given_mapping(:'leads'));
select is_empty(format('select from pg_temp.left_by(%L)', :'lead'),
  'one that follows another leaves none: the person goes on');
select pg_temp.given_lead() as lead \gset
update public.conversation c set user_id = l.user_id, chatbot_id = l.chatbot_id
from public.conversation l where l.id = :'leads' and c.id = :'lead';
select pg_temp.given_mapping(:'lead', '{"resman_lead_id": "R2", "mapping_status": "merged"}');
select results_eq(format('select resman_lead_id, cardinality(contact_hashes)
    from pg_temp.left_by(%L)', :'lead'), $$values ('R2', 0)$$,
  'of one that was merged the lead alone is not to come back');

-- edges: without a user
select pg_temp.given_lead() as lead \gset
select pg_temp.given_mapping(:'lead', '{"resman_lead_id": "R3"}');
update public.conversation set user_id = null where id = :'lead';
select results_eq(format('select resman_lead_id, cardinality(contact_hashes)
    from pg_temp.left_by(%L)', :'lead'), $$values ('R3', 0)$$, 'without a user its lead alone');
select is(count(*), 1::bigint, 'the row is gone all the same') from (
  select 1 where not exists (select from public.conversation where id = :'lead')) as x;

select * from finish();
rollback;
