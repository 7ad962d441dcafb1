-- link_pulled: a lead of ResMan's and the conversation of the person that it is.
begin;
select plan(19);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/pull.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.link_pulled'),
  'jsonb | volatile | enable_bitmapscan=off enable_hashjoin=off enable_mergejoin=off '
  'enable_seqscan=off jit=off | -',
  'no role may call it');

select pg_temp.given_pulling() as property, pg_temp.given_pulling() as shadowed \gset
create function pg_temp.given_known(p_property uuid) returns uuid
language sql
as $$
  select pg_temp.given_conversation(
    pg_temp.given_user('Ann', 'Leigh', 'ann@example.com', null), p_property)
$$;
create function pg_temp.link(p_property uuid, p_lead uuid, p_item uuid default null,
  p_values jsonb default '{}') returns jsonb
language sql
as $$
  select lead_sync_private.link_pulled(p_property, p_lead, pg_temp.shown(p_values),
    clock_timestamp(), p_item)
$$;
select pg_temp.given_known(:'property') as lead, pg_temp.given_conversation(pg_temp.given_user(), :'shadowed') as unseen \gset

-- edges: not now
update public.lead_sync_queue set status = 'processing', lease_token = gen_random_uuid(),
  lease_until = now() + interval '60 s', lease_length = '60 s' where conversation_id = :'lead';
select is(pg_temp.link(:'property', :'lead'), jsonb_build_object('outcome', 'later',
  'code', 'in_flight', 'conversation_id', :'lead'), 'a push is under way');
select is(count(*), 0::bigint, 'nothing is linked') from public.lead_sync_mapping;
select pg_temp.given_setting(:'shadowed', 'write_mode', '"shadow"');
select is(pg_temp.link(:'shadowed', :'unseen'), jsonb_build_object('outcome', 'unchanged',
  'why', 'shadow', 'conversation_id', :'unseen'), 'shadow links nothing');
select is(count(*), 0::bigint, 'indeed') from public.lead_sync_mapping;
select results_eq('select conversation_id, sync_direction::text, sync_type::text,
    sync_status::text, sync_data - ''conversation_id'' from public.lead_sync_log where resman_lead_id = ''R1''',
  format('values (%L::uuid, ''from_resman'', ''update'', ''success'',
    lead_sync_private.shadow_data(''link'', ''{"conflicts": ["name", "email", "phone"]}''))',
    :'unseen'), 'but says what it would do');

-- happy path
select (pg_temp.item(:'lead')).id as item \gset
select is(pg_temp.link(:'property', :'lead', :'item') - 'conflict_ids',
  jsonb_build_object('outcome', 'conflict', 'conversation_id', :'lead'),
  'the item that brought it is not in its way; two last names are a conflict');
select results_eq('select conversation_id, property_id, contact_id::text, mapping_status::text
    from public.lead_sync_mapping where resman_lead_id = ''R1''',
  format('values (%L::uuid, %L::uuid, ''P1'', ''active'')', :'lead', :'property'), 'linked');
select is(u.last_name || ' ' || u.phone, 'Leigh +13035550177',
  'blanks are filled, nothing is overwritten')
from public."user" u join public.conversation c on c.user_id = u.id where c.id = :'lead';
select is(count(*), 1::bigint, 'what differs is kept') from public.lead_sync_conflicts
where conversation_id = :'lead' and conflict_field = 'name' and resolution_status = 'pending';
select pg_temp.given_conversation(pg_temp.given_user('Bob', 'Ray', 'bob@example.com', null),
  :'property') as bob \gset
select is(pg_temp.link(:'property', :'bob', null, '{"lead_id": "R2", "first_name": "Bob",
  "last_name": "Ray", "email": "bob@example.com", "phone": null}') ->> 'outcome', 'linked',
  'one that does not differ is just linked');

-- edges: the lead is somebody else's
select pg_temp.given_conversation(pg_temp.given_user(), :'property') as other \gset
select is(pg_temp.link(:'property', :'other'), '{"outcome": "later", "code": "lead_locked"}',
  'a lead that was linked meanwhile is read again');
select is(count(*), 0::bigint, 'and not taken away') from public.lead_sync_mapping
where conversation_id = :'other';
select gen_random_uuid() as gone \gset
select is(pg_temp.link(:'property', :'gone'), jsonb_build_object('outcome', 'later',
  'code', 'row_locked', 'conversation_id', :'gone'), 'nor is a conversation that is gone');

-- edges: a link whose lead had vanished
update public.lead_sync_mapping set mapping_status = 'deleted' where conversation_id = :'bob';
select is(pg_temp.link(:'property', :'bob', null, '{"lead_id": "R3", "first_name": "Bob",
    "last_name": "Ray", "email": "bob@example.com", "phone": null}') ->> 'outcome', 'linked',
  'a conversation whose lead had vanished takes the new one');
select is(m.resman_lead_id || ' ' || m.mapping_status, 'R3 active', 'in its place')
from public.lead_sync_mapping m where m.conversation_id = :'bob';
select is(count(*), 1::bigint, 'the old id stays an alias') from lead_sync_private.lead_alias
where resman_lead_id = 'R2' and kind = 'recreated';
select is(pg_temp.link(:'property', :'bob', null, '{"lead_id": "R4"}'), jsonb_build_object(
  'outcome', 'later', 'code', 'linked', 'conversation_id', :'bob'),
  'one that was linked meanwhile is looked at again');
select is(m.resman_lead_id, 'R3', 'and keeps its lead')
from public.lead_sync_mapping m where m.conversation_id = :'bob';

select * from finish();
rollback;
