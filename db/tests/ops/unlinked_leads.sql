-- unlinked_leads: conversations that are leads and have no link.
begin;
select plan(10);
\i db/tests/support/fixtures.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.unlinked_leads'), 'SETOF uuid | stable | - | -',
  'no role may call it');

select pg_temp.given_property() as property, pg_temp.given_property() as other \gset
select pg_temp.given_integration(:'property'), pg_temp.given_integration(:'other');
select pg_temp.given_conversation(pg_temp.given_user(), :'property',
    '{"created_at": "2026-01-01T00:00:00Z"}') as old,
  pg_temp.given_conversation(pg_temp.given_user(), :'property',
    '{"created_at": "2026-02-01T00:00:00Z"}') as new,
  pg_temp.given_conversation(null, :'property') as chat,
  pg_temp.given_conversation(pg_temp.given_user(p_last => ''), :'property') as nameless,
  pg_temp.given_conversation(pg_temp.given_user(), :'other') as elsewhere \gset
create function pg_temp.found(p_property uuid, p_since timestamptz default null) returns uuid[]
language sql
as $$
  select coalesce(array_agg(l order by c.created_at), '{}')
  from lead_sync_private.unlinked_leads(p_property, p_since) as l
  join public.conversation c on c.id = l
$$;

-- happy path
select is(pg_temp.found(:'property'), array[:'old', :'new']::uuid[], 'the property''s leads');

-- edges
select is(pg_temp.found(:'property', '2026-02-01T00:00:00Z'), array[:'new']::uuid[],
  'begun since then, that moment included');
select is(pg_temp.found(:'property', '2026-02-01T00:00:01Z'), '{}', 'none after the last');
select is(pg_temp.found(null), '{}', 'no property, none');
insert into public.lead_sync_mapping (conversation_id, resman_lead_id, mapping_status)
values (:'old', 'L1', 'deleted') returning id as mapping \gset
select is(pg_temp.found(:'property'), array[:'new']::uuid[], 'a link, also a lost one, is one');
insert into lead_sync_private.follower (conversation_id, mapping_id) values (:'new',
  :'mapping');
select is(pg_temp.found(:'property'), '{}', 'so is following another''s');
select is(pg_temp.found(:'other'), array[:'elsewhere']::uuid[], 'other properties'' are not');
delete from public.lead_sync_mapping;
select is(pg_temp.found(:'property'), array[:'old', :'new']::uuid[], 'without links all again');
update public.resman_integration set sync_direction = 'from_resman';
select is(pg_temp.found(:'property'), '{}', 'where nothing is pushed there is none');

select * from finish();
rollback;
