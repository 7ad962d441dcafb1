-- find_mapping: a conversation's own link, the one it follows, or its user's.
begin;
select plan(14);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.find_mapping'),
  'lead_sync_mapping | stable | enable_bitmapscan=off enable_hashjoin=off '
  'enable_mergejoin=off enable_seqscan=off jit=off | -',
  'no role may call it');

select pg_temp.given_property() as property, pg_temp.given_property() as elsewhere,
  pg_temp.given_user() as "user", pg_temp.given_user() as other \gset
select pg_temp.given_conversation(:'user', :'property') as first,
  pg_temp.given_conversation(:'user', :'property') as second,
  pg_temp.given_conversation(:'user', :'property') as third,
  pg_temp.given_conversation(:'user', :'elsewhere') as away,
  pg_temp.given_conversation(:'other', :'property') as stranger \gset
create function pg_temp.found(p_conversation uuid, p_user uuid, p_property uuid) returns uuid
language sql
as $$
  select (lead_sync_private.find_mapping(p_conversation, p_user, p_property)).id
$$;

-- edges
select is(pg_temp.found(:'first', :'user', :'property'), null, 'there is none');
select is(lead_sync_private.find_mapping(:'first', :'user', :'property') is null, true,
  'and then all of it is null');

-- happy path
select pg_temp.given_mapping(:'first', '{"created_at": "2026-01-02"}') as own \gset
select is(pg_temp.found(:'first', :'user', :'property'), :'own', 'its own');
select is(pg_temp.found(:'second', :'user', :'property'), :'own',
  'its user''s at the property');
select is(pg_temp.found(:'away', :'user', :'elsewhere'), null, 'not at another property');
select is(pg_temp.found(:'stranger', :'other', :'property'), null, 'not another user''s');
select pg_temp.given_mapping(:'third', '{"created_at": "2026-01-01"}') as older \gset
select is(pg_temp.found(:'second', :'user', :'property'), :'older', 'of several the first');
select is(pg_temp.found(:'first', :'user', :'property'), :'own', 'its own goes before');
insert into lead_sync_private.follower (conversation_id, mapping_id) values (:'second', :'own');
select is(pg_temp.found(:'second', :'user', :'property'), :'own', 'the one it follows too');
select is(pg_temp.found(:'second', null, null), :'own', 'whoever the user is');

-- edges: links that stand no more
delete from lead_sync_private.follower;
update public.lead_sync_mapping set mapping_status = 'deleted' where id = :'older';
select is(pg_temp.found(:'second', :'user', :'property'), :'own',
  'a user''s link that stands no more is passed over');
select is(pg_temp.found(:'third', :'user', :'property'), :'older', 'its own is not');

-- edges: nobody
select is(pg_temp.found(null, null, :'property'), null, 'no conversation and no user, no link');

select * from finish();
rollback;
