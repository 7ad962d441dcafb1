-- erase_lead: what the package keeps of a person at a property goes for good.
begin;
select plan(16);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/pull.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync.erase_lead'),
  'jsonb | volatile definer | lock_timeout=5s | lead_sync_service', 'a service calls it');

create function pg_temp.given_synced(p_lead_id text) returns uuid
language plpgsql
as $$
declare
  v_lead uuid := pg_temp.given_lead();
begin
  perform pg_temp.given_mapping(v_lead, jsonb_build_object('resman_lead_id', p_lead_id));
  update public.conversation set resman_sync_status = 'synced', resman_lead_id = p_lead_id,
    resman_custom_fields = '{"source": 1}', resman_field_times = '{"name": "2026-01-01"}',
    resman_last_sync_at = now() where id = v_lead;
  return v_lead;
end
$$;
create function pg_temp.hashes_of(p_lead uuid) returns text[]
language sql
as $$
  select lead_sync_private.hash_contacts(pg_temp.property_of(p_lead), to_jsonb(u))
  from public."user" u join public.conversation c on c.user_id = u.id where c.id = p_lead
$$;
create function pg_temp.kept(p_lead uuid) returns text
language sql
as $$
  select concat_ws(' ', c.resman_sync_status, c.resman_lead_id, c.resman_custom_fields,
    c.resman_field_times, c.resman_last_sync_at)
  from public.conversation c where c.id = p_lead
$$;

-- happy path
select pg_temp.given_synced('R1') as lead, pg_temp.given_synced('R2') as other \gset
select pg_temp.kept(:'other') as before \gset
select is(r -> 'lead_sync_queue' || (r -> 'lead_sync_mapping'), '[1, 1]', 'how much was removed')
from lead_sync.erase_lead(:'lead') as r;
select results_eq('select conversation_id, property_id, resman_lead_id, kind, reason,
    contact_hashes, lifted_at is null from lead_sync_private.tombstone',
  format('values (%L::uuid, %L::uuid, ''R1'', ''erased'', null, %L::text[], true)', :'lead',
    pg_temp.property_of(:'lead'), pg_temp.hashes_of(:'lead')), 'a tombstone is what remains');
select is(pg_temp.kept(:'lead'), 'not_synced', 'the conversation says nothing any more');
select is(pg_temp.kept(:'other'), :'before', 'other leads stay');
select is(count(*), 0::bigint, 'and nothing is queued for it') from public.lead_sync_queue
where conversation_id = :'lead';

-- happy path: the person does not come back
select is(lead_sync_private.apply_lead(pg_temp.property_of(:'lead'),
    pg_temp.shown(jsonb_build_object('lead_id', 'R9', 'email', u.email)), clock_timestamp())
  ->> 'why', 'tombstone', 'not under another id')
from public."user" u join public.conversation c on c.user_id = u.id where c.id = :'lead';

-- edges: no link
select is(lead_sync.erase_lead(:'lead') -> 'lead_sync_mapping', '0', 'again');

-- edges: all that feed the lead are the person
select pg_temp.given_synced('R3') as lead, pg_temp.given_synced('R4') as merged,
  pg_temp.given_lead() as follower \gset
update public.conversation c set chatbot_id = l.chatbot_id
from public.conversation l where l.id = :'lead' and c.id in (:'merged', :'follower');
select id as link from public.lead_sync_mapping where conversation_id = :'lead' \gset
update public.lead_sync_mapping set mapping_status = 'merged' where conversation_id = :'merged';
insert into lead_sync_private.follower (conversation_id, mapping_id)
values (:'merged', :'link'), (:'follower', :'link');
insert into lead_sync_private.lead_alias (resman_lead_id, mapping_id, kind)
values ('R0', :'link', 'recreated');
delete from lead_sync_private.tombstone;
update public.conversation set resman_sync_status = 'failed' where id = :'follower';
select is(lead_sync.erase_lead(:'follower') -> 'lead_sync_mapping', '2', 'by any of them');
select bag_eq('select conversation_id, resman_lead_id, contact_hashes
    from lead_sync_private.tombstone',
  format('values (%L::uuid, ''R3'', %L::text[]), (%L, ''R4'', %L), (%L, ''R3'', %L),
    (null, ''R0'', ''{}'')', :'lead', pg_temp.hashes_of(:'lead'), :'merged',
    pg_temp.hashes_of(:'merged'), :'follower', pg_temp.hashes_of(:'follower')),
  'each, its person, and all ids of the lead');
select is(string_agg(distinct pg_temp.kept(c), ', '), 'not_synced', 'each is emptied')
from unnest(array[:'lead', :'merged', :'follower']::uuid[]) as c;

-- edges: without a user
select pg_temp.given_synced('R5') as lead \gset
update public.conversation set user_id = null where id = :'lead';
select is(lead_sync.erase_lead(:'lead') -> 'lead_sync_mapping', '1', 'a lead without its user');
select is(cardinality(t.contact_hashes), 0, 'is not to come back by its id')
from lead_sync_private.tombstone t where t.resman_lead_id = 'R5';

-- errors
select pg_temp.given_synced('R6') as lead \gset
update public.lead_sync_queue set status = 'processing', lease_token = gen_random_uuid(),
  lease_until = now() + interval '60 s', lease_length = '60 s' where conversation_id = :'lead';
select throws_ok(format('select lead_sync.erase_lead(%L)', :'lead'), 'LS011',
  'a sync of the lead is in flight', 'not while a sync is in flight');
select throws_ok(format('select lead_sync.erase_lead(%L)', id), 'LS002',
  'no such conversation', 'the conversation ' || coalesce(id::text, 'null'))
from unnest(array[null, '00000000-0000-0000-0000-000000000001']::uuid[]) as id;

select * from finish();
rollback;
