-- bury_user: a deleted user leaves a tombstone for each lead.
begin;
select plan(14);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.bury_user'),
  'trigger | volatile definer | enable_seqscan=off jit=off | -', 'no role may call it');

-- A user with a linked lead at each of two properties, one that is on its way at a third, and a
-- conversation of which nothing was ever sent.
create temporary table lead (n integer, id uuid, property_id uuid);
insert into lead select n, pg_temp.given_lead() from generate_series(1, 5) as n;
update lead set property_id = pg_temp.property_of(id);
select c.user_id as "user" from lead l join public.conversation c on c.id = l.id
where l.n = 1 \gset
update public.conversation set user_id = :'user' where id in (select id from lead where n < 5);
select pg_temp.given_mapping(id, jsonb_build_object('resman_lead_id', 'R' || n)) from lead
where n in (1, 2, 5);
update public.lead_sync_queue set state = '{"sent": {}}'
where conversation_id = (select id from lead where n = 3);
select pg_temp.given_setting(property_id, 'deletion', '"lost"') from lead where n = 2;
create temporary table hashes as
select lead_sync_private.hash_contacts(null, to_jsonb(u)) as h
from public."user" u where u.id = :'user';

-- happy path
delete from public."user" where id = :'user';
select results_eq('select l.n, t.property_id = l.property_id, t.resman_lead_id, t.kind
    from lead_sync_private.tombstone t join lead l on l.id = t.conversation_id order by 1',
  $$values (1, true, 'R1', 'deleted'), (2, true, 'R2', 'deleted'), (3, true, null, 'deleted')$$,
  'one for each link, and for a create that may be on its way');
select is(count(*), 3::bigint, 'and no more') from lead_sync_private.tombstone;
select is(cardinality(h), 2, 'the user had two contacts') from hashes;
select is(t.contact_hashes = h, true, 'it keeps their hashes')
from lead_sync_private.tombstone t, hashes;
select results_eq($$select q.sync_data ->> 'retire' from public.lead_sync_queue q
    where q.sync_data ? 'retire'$$, array['R2'],
  'the lead is marked lost where the property wants that');
select is(count(*), 4::bigint, 'the conversations stay')
from public.conversation c join lead l on l.id = c.id where l.n < 5 and c.user_id is null;

-- edges: what was sent, by how its item stands
create function pg_temp.left_after(p_status text) returns bigint
language plpgsql
as $$
declare
  v_lead uuid := pg_temp.given_lead();
begin
  update public.lead_sync_queue set status = p_status, state = '{"sent": {}}'
  where conversation_id = v_lead;
  delete from public."user" u using public.conversation c where c.id = v_lead and u.id = c.user_id;
  return (select count(*) from lead_sync_private.tombstone t where t.conversation_id = v_lead);
end
$$;
select is(pg_temp.left_after(status), want, 'a create that is ' || status)
from (values ('processing', 1::bigint), ('failed', 1), ('completed', 0)) as x(status, want);

-- edges: no chatbot, no link
select pg_temp.given_lead() as lead \gset
select pg_temp.given_mapping(:'lead');
update public.conversation set chatbot_id = null where id = :'lead';
delete from public."user" u using public.conversation c
where c.id = :'lead' and u.id = c.user_id;
select is(count(*), 1::bigint, 'a link without its chatbot leaves one, too')
from lead_sync_private.tombstone where conversation_id = :'lead';
delete from lead_sync_private.tombstone;
delete from public."user" where id = pg_temp.given_user();
select is_empty('select from lead_sync_private.tombstone', 'nobody known leaves none');

select * from finish();
rollback;
