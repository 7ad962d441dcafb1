-- mark_syncing: a conversation's status, if it is the one expected.
begin;
select plan(8);
\i db/tests/support/fixtures.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.mark_syncing'),
  'void | volatile | enable_seqscan=off jit=off | -',
  'no role may call it');

create function pg_temp.marked(p_lead uuid, p_from text, p_to text) returns text
language plpgsql
as $$
begin
  perform lead_sync_private.mark_syncing(p_lead, p_from, p_to);
  return (select string_agg(c.resman_sync_status, ' ' order by c.created_at, c.id = p_lead)
    from public.conversation c);
end
$$;
select pg_temp.given_property() as property \gset
select pg_temp.given_conversation(pg_temp.given_user(), :'property') as other \gset
select pg_temp.given_conversation(pg_temp.given_user(), :'property') as lead \gset

-- happy path
select is(pg_temp.marked(:'lead', 'not_synced', 'syncing'), 'not_synced syncing',
  'it is under way');
select is(pg_temp.marked(:'lead', 'syncing', 'not_synced'), 'not_synced not_synced',
  'or no longer');

-- edges
select is(pg_temp.marked(:'lead', 'syncing', 'failed'), 'not_synced not_synced',
  'another status is left alone');
select is(pg_temp.marked(null, 'not_synced', 'syncing'), 'not_synced not_synced',
  'no conversation, nothing happens');
update public.conversation set resman_sync_status = null where id = :'lead';
select is(pg_temp.marked(:'lead', 'not_synced', 'syncing'), 'not_synced',
  'a status that is null is none');

-- effects
select is(c.resman_sync_version, 0, 'that is no edit') from public.conversation c
where c.id = :'lead';
update public.conversation set resman_sync_status = 'not_synced', resman_lead_id = 'L1'
where id = :'lead';
select pg_temp.marked(:'lead', 'not_synced', 'syncing');
select is(c.resman_lead_id, 'L1', 'and leaves the lead') from public.conversation c
where c.id = :'lead';

select * from finish();
rollback;
