-- The specification's row-level triggers insert a row per change: a bulk update runs as many
-- inserts as it has rows, and a second edit queues a second push.
begin;
\i db/tests/support/fixtures.psql
select plan(8);

select pg_temp.given_property() as property \gset
select pg_temp.given_integration(:'property') as integration \gset
select pg_temp.given_user() as "user" \gset
select pg_temp.given_chatbot(:'property') as chatbot \gset

create temporary table insert_statement (number integer);
create function pg_temp.count_statement() returns trigger
language plpgsql security definer
as $$
begin
  insert into pg_temp.insert_statement values (1);
  return null;
end
$$;
create trigger count_statement after insert on public.lead_sync_queue
for each statement execute function pg_temp.count_statement();

insert into public.conversation (chatbot_id, user_id, status)
select :'chatbot', :'user', 'new' from generate_series(1, 500);
select is((select count(*)::integer from public.lead_sync_queue), 500,
  '500 new conversations queue 500 pushes');
select is((select count(*)::integer from pg_temp.insert_statement), 1, '… by one insert');

delete from public.lead_sync_queue;
truncate pg_temp.insert_statement;
update public.conversation set status = 'contacted' where chatbot_id = :'chatbot';
select is((select count(*)::integer from public.lead_sync_queue), 500,
  'a bulk update of 500 conversations queues 500 pushes');
select is((select count(*)::integer from pg_temp.insert_statement), 1, '… by one insert');

create temporary table before_edit as select id from public.lead_sync_queue;
update public.conversation set occupants_count = 2 where chatbot_id = :'chatbot';
select set_eq('select id from public.lead_sync_queue', 'select id from pg_temp.before_edit',
  'a second edit joins the pushes that wait');
update public."user" set first_name = 'Renamed' where id = :'user';
select set_eq('select id from public.lead_sync_queue', 'select id from pg_temp.before_edit',
  '… and so does the user''s');

delete from public.lead_sync_queue;
truncate pg_temp.insert_statement;
insert into public.lead_notification (conversation_id, notification_type, status)
select c.id, 'tour_scheduled', 'pending'
from public.conversation c, generate_series(1, 3) where c.chatbot_id = :'chatbot';
select is((select count(*)::integer from public.lead_sync_queue), 500,
  '1500 notifications of 500 conversations queue 500 enrichments');
select is((select count(*)::integer from pg_temp.insert_statement), 1, '… by one insert');

select * from finish();
rollback;
