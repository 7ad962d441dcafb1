-- trigger_add_sync_queue_item_insert: an INSERT into conversation is captured once a statement.
begin;
select plan(3);
\i db/tests/support/fixtures.psql
\i db/tests/support/capture.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.trigger_of('public.conversation', 'trigger_add_sync_queue_item_insert'),
  'after insert | statement | new_rows | add_sync_queue_item',
  'when it fires, and what it calls');

-- happy path
select pg_temp.given_property() as property \gset
select pg_temp.given_integration(:'property');
select pg_temp.given_conversation(pg_temp.given_user(), :'property') as lead \gset
select is(pg_temp.captured(:'lead'), 'push 2 pending', 'a new lead is queued');

-- edges
insert into public.conversation (id, status) values (:'lead',
  'new') on conflict (id) do nothing;
select is(pg_temp.captured(:'lead'), 'nothing', 'one that is there already is not new');

select * from finish();
rollback;
