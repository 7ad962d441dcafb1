-- lead_versions: how far a conversation and its user have moved.
begin;
select plan(5);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.lead_versions'),
  'jsonb | stable | enable_bitmapscan=off enable_hashjoin=off enable_mergejoin=off '
  'enable_seqscan=off jit=off | -',
  'no role may call it');

select pg_temp.given_lead() as lead, pg_temp.given_lead() as other \gset
create function pg_temp.versions(p_lead uuid) returns text
language sql
as $$
  select concat_ws(' ', v ->> 'conversation', v ->> 'user')
  from lead_sync_private.lead_versions(p_lead) as v
$$;
update public.conversation set resman_sync_version = 7 where id = :'lead';
update public."user" u set resman_sync_version = 4
from public.conversation c where c.id = :'lead' and u.id = c.user_id;

-- happy path
select is(pg_temp.versions(:'lead'), '7 4', 'of both');
update public.conversation set occupants_count = 3 where id = :'lead';
select is(pg_temp.versions(:'lead'), '8 4', 'an edit moves them');

-- edges
update public.conversation set user_id = null, resman_sync_version = 9 where id = :'lead';
select is(lead_sync_private.lead_versions(:'lead'), '{"conversation": 9, "user": null}',
  'without a user');
select is(lead_sync_private.lead_versions(gen_random_uuid()), null, 'of none');

select * from finish();
rollback;
