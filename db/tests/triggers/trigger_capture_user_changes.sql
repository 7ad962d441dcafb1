-- trigger_capture_user_changes: an UPDATE of a user is captured once a statement.
begin;
select plan(5);
\i db/tests/support/fixtures.psql
\i db/tests/support/capture.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.trigger_of('public."user"', 'trigger_capture_user_changes'),
  'after update | statement | new_rows | lead_sync_private.capture_user_changes',
  'when it fires, and what it calls');

-- happy path
select pg_temp.given_property() as property \gset
select pg_temp.given_integration(:'property');
select pg_temp.given_quiet_lead(:'property') as lead \gset
update public."user" u set first_name = 'Other' from public.conversation c
where c.id = :'lead' and u.id = c.user_id;
select is(pg_temp.captured(:'lead'), 'push 2 pending', 'an edit queues the user''s lead');

-- edges
update public."user" set first_name = 'None' where false;
select is(pg_temp.captured(:'lead'), 'nothing', 'one of no row does not');

-- edges: the condition, as it is at the beginning of a transaction
select set_config('lead_sync.stamped', '', true);
select pg_temp.given_quiet_lead(:'property') as lead \gset
set local track_functions = 'pl';
update public."user" u set age = 40 from public.conversation c
where c.id = :'lead' and u.id = c.user_id;
select is(pg_stat_get_xact_function_calls('lead_sync_private.capture_user_changes'::regproc),
  null, 'an edit of nothing that is synced does not fire it');
update public."user" u set first_name = 'Third' from public.conversation c
where c.id = :'lead' and u.id = c.user_id;
select is(pg_temp.captured(:'lead'), 'push 2 pending', 'one of what is does');

select * from finish();
rollback;
