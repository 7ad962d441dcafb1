-- trigger_add_sync_queue_item: an UPDATE of conversation is captured once a statement.
begin;
select plan(7);
\i db/tests/support/fixtures.psql
\i db/tests/support/capture.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.trigger_of('public.conversation', 'trigger_add_sync_queue_item'),
  'after update | statement | new_rows | add_sync_queue_item',
  'when it fires, and what it calls');

-- happy path
select pg_temp.given_property() as property \gset
select pg_temp.given_integration(:'property');
select pg_temp.given_quiet_lead(:'property') as lead \gset
update public.conversation set occupants_count = 2 where id = :'lead';
select is(pg_temp.captured(:'lead'), 'push 2 pending', 'an edit is queued');

-- edges
update public.conversation set occupants_count = 3 where false;
select is(pg_temp.captured(:'lead'), 'nothing', 'one of no row is not');
insert into public.conversation (id, status) values (:'lead', 'new')
on conflict (id) do update set occupants_count = 4;
select is(pg_temp.captured(:'lead'), 'push 2 pending', 'an upsert that updates is');

-- edges: the condition, as it is at the beginning of a transaction
select set_config('lead_sync.stamped', '', true);
select pg_temp.given_quiet_lead(:'property') as lead \gset
set local track_functions = 'pl';
update public.conversation set lead_score = 5 where id = :'lead';
select is(pg_stat_get_xact_function_calls('public.add_sync_queue_item'::regproc),
  null, 'an edit of nothing that is synced does not fire it');
select set_config('lead_sync.stamped', 'off', true);
update public.conversation set occupants_count = 5 where id = :'lead';
select is(pg_temp.captured(:'lead'), 'push 2 pending', 'a forged setting hides no edit');
savepoint before_edit;
select set_config('lead_sync.stamped', '', true);
update public.conversation set occupants_count = 6 where id = :'lead';
rollback to savepoint before_edit;
update public.conversation set occupants_count = 7 where id = :'lead';
select is(pg_temp.captured(:'lead'), 'push 2 pending', 'nor does one that was undone');

select * from finish();
rollback;
