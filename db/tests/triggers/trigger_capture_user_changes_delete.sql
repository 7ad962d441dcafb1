-- trigger_capture_user_changes_delete: a linked user leaves a tombstone for each lead.
begin;
select plan(3);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.trigger_of('public."user"', 'trigger_capture_user_changes_delete'),
  'before delete | row | - | lead_sync_private.bury_user', 'when it fires, and what it calls');

-- happy path
select pg_temp.given_lead() as lead \gset
select pg_temp.given_mapping(:'lead');
delete from public."user" u using public.conversation c
where c.id = :'lead' and u.id = c.user_id;
select ok(exists (select from lead_sync_private.tombstone t
  where t.conversation_id = :'lead' and t.reason like '%user%'), 'a tombstone stands for the lead');

-- edges
select pg_temp.given_user() as nobody \gset
select lives_ok(format('delete from public."user" where id = %L', :'nobody'),
  'a user without a link is deleted');

select * from finish();
rollback;
