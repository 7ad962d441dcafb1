-- add_sync_queue_item: the pushes of the conversations that a statement wrote.
begin;
select plan(12);
\i db/tests/support/fixtures.psql
\i db/tests/support/capture.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('public.add_sync_queue_item'),
  'trigger | volatile definer | jit=off | -', 'no role may call it');

select pg_temp.given_property() as property \gset
select pg_temp.given_integration(:'property');
select pg_temp.given_chatbot(:'property') as chatbot \gset

-- happy path
select pg_temp.given_quiet_lead(:'property') as lead,
  pg_temp.given_quiet_lead(:'property') as other
\gset
select pg_temp.given_conversation(pg_temp.given_user(), :'property') as fresh \gset
select is(pg_temp.captured(:'fresh'), 'push 2 pending', 'a new conversation queues a push');
update public.conversation set occupants_count = 2 where id = :'lead';
select is(pg_temp.captured(:'lead'), 'push 2 pending', 'so does an edit');
update public.conversation set occupants_count = 2, lead_score = 1
where id in (:'lead', :'other');
select is(count(*), 2::bigint, 'a statement queues all rows that it changed')
from public.lead_sync_queue;

-- edges
delete from public.lead_sync_queue;
select pg_temp.given_quiet_lead(:'property') as lead,
  pg_temp.given_quiet_lead(:'property') as still
\gset
update public.conversation set occupants_count = case id when :'lead' then 2 end, lead_score = 2
where id in (:'lead', :'still');
select results_eq('select conversation_id from public.lead_sync_queue', array[:'lead']::uuid[],
  'but none that it merely wrote');
select pg_temp.given_conversation(null, :'property') as chat \gset
select is(pg_temp.captured(:'chat'), 'nothing', 'a chat without a user is no lead');
update public.conversation set occupants_count = 2 where id = :'chat';
select is(pg_temp.captured(:'chat'), 'nothing', 'nor is its edit');
update public.conversation set occupants_count = 2 where false;
select is(count(*), 0::bigint, 'a statement that changes nothing queues nothing')
from public.lead_sync_queue;
update public.conversation set resman_sync_status = 'syncing' where id = :'still';
select is(pg_temp.captured(:'still'), 'nothing', 'what the package writes does not travel');
select pg_temp.given_quiet_lead(:'property', '{"resman_capture_mark": 1}') as lead \gset
update public.conversation set lead_score = 3 where id = :'lead';
select is(pg_temp.captured(:'lead'), 'nothing', 'the mark of an earlier transaction is none');

-- effects: update_delay tells updates from new leads
insert into lead_sync_private.property_setting (property_id, name, value)
values (:'property', 'update_delay', '60');
select pg_temp.given_conversation(pg_temp.given_user(), :'property') as lead \gset
select is(next_retry_at, null, 'a new lead is due at once') from public.lead_sync_queue;
delete from public.lead_sync_queue;
update public.conversation set occupants_count = 2 where id = :'lead';
select ok(next_retry_at between now() + interval '60 s' and clock_timestamp() + interval '60 s',
  'an edit may be held back') from public.lead_sync_queue;
delete from public.lead_sync_queue;

select * from finish();
rollback;
