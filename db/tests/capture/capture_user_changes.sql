-- capture_user_changes: a user's edit queues that user's conversations.
begin;
select plan(9);
\i db/tests/support/fixtures.psql
\i db/tests/support/capture.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.capture_user_changes'),
  'trigger | volatile definer | enable_bitmapscan=off enable_hashjoin=off enable_mergejoin=off '
  'enable_seqscan=off jit=off plan_cache_mode=force_generic_plan | -',
  'no role may call it, and its plan is pinned');

select pg_temp.given_property() as property, pg_temp.given_property() as elsewhere \gset
select pg_temp.given_integration(:'property');
select pg_temp.given_user() as "user", pg_temp.given_user() as other \gset
select pg_temp.given_conversation(:'user', :'property') as first,
  pg_temp.given_conversation(:'user', :'property') as second,
  pg_temp.given_conversation(:'user', :'elsewhere') as third,
  pg_temp.given_conversation(:'other', :'property') as fourth \gset
delete from public.lead_sync_queue;
select to_jsonb(c)::text as before from public.conversation c where c.id = :'first' \gset

-- happy path
update public."user" set phone = '+13035550199' where id = :'user';
select results_eq('select conversation_id, sync_operation::text, priority '
  'from public.lead_sync_queue order by seq',
  format($$select id, 'push', 2 from public.conversation where id in (%L, %L) order by id$$,
    :'first', :'second'), 'all of the user''s leads, in a fixed order');

-- effects
select is(to_jsonb(c), :'before'::jsonb, 'no row of conversation is written')
from public.conversation c where c.id = :'first';
select is(u.resman_sync_version, 1, 'the user''s own version tells that it moved')
from public."user" u where u.id = :'user';

-- edges
delete from public.lead_sync_queue;
update public."user" set age = 30 where id = :'other';
select is(count(*), 0::bigint, 'an edit of anything else queues nothing')
from public.lead_sync_queue;
update public."user" set last_name = 'Both', age = 31 where id in (:'user', :'other');
select set_eq('select conversation_id from public.lead_sync_queue',
  array[:'first', :'second', :'fourth']::uuid[], 'a bulk edit queues everybody''s');
delete from public.lead_sync_queue;
select pg_temp.given_user() as lonely \gset
update public."user" set last_name = 'Alone' where id = :'lonely';
select is(count(*), 0::bigint, 'a user without a conversation has none')
from public.lead_sync_queue;
select pg_temp.given_user() as fresh \gset
select is(count(*), 0::bigint, 'a new user has none either') from public.lead_sync_queue;
insert into lead_sync_private.property_setting (property_id, name, value)
values (:'property', 'update_delay', '60');
update public."user" set last_name = 'Later' where id = :'other';
select ok(next_retry_at between now() + interval '60 s' and clock_timestamp() + interval '60 s',
  'an edit may be held back') from public.lead_sync_queue;

select * from finish();
rollback;
