-- The specification's triggers compare with !=, which is not true beside a NULL: a value that is
-- first given, or taken away, is not seen.
begin;
\i db/tests/support/fixtures.psql
select plan(21);

-- Set the column from null to a value and back, and tell what the capture trigger left behind.
create function pg_temp.seen(p_table text, p_id uuid, p_column text, p_value text) returns text[]
language plpgsql
as $$
declare
  v_seen text[] := '{}';
  v_one text;
begin
  execute format('update public.%I set %I = null where id = $1', p_table, p_column) using p_id;
  for i in 1 .. 2 loop
    execute format('update public.%I set resman_sync_status = ''synced'' where id = $1', p_table)
    using p_id;
    execute format('update public.%I set %I = %s where id = $1 returning resman_sync_status',
      p_table, p_column, case when i = 1 then quote_literal(p_value) else 'null' end)
    into v_one using p_id;
    v_seen := v_seen || v_one;
  end loop;
  return v_seen;
end
$$;

select pg_temp.given_property() as property \gset
select pg_temp.given_integration(:'property') as integration \gset
select pg_temp.given_user() as "user" \gset
select pg_temp.given_chatbot(:'property') as chatbot \gset
select pg_temp.given_conversation(:'user', :'property', '{"resman_lead_id": "L"}')
  as conversation \gset
select pg_temp.given_notification(:'conversation', '{"resman_notification_id": "N"}')
  as notification \gset

update public."user" set resman_contact_id = 'C' where id = :'user';

select is(pg_temp.seen('conversation', :'conversation', f.name, f.value),
  array['not_synced', 'not_synced'], f.name || ': from and to null is a change')
from (values
  ('ai_intent_summary', 'looks for a flat'), ('is_qualified', 'true'), ('is_book_tour', 'true'),
  ('status', 'contacted'), ('tour_datetime', '2027-01-02 10:00'), ('move_in_date', '2027-02-01'),
  ('price_range_min', '1000'), ('price_range_max', '2000'),
  ('apartment_size_preference', '2 bedroom'), ('occupants_count', '2'), ('has_pets', 'true'),
  ('pet_details', '[]'), ('source', 'website'), ('chatbot_id', :'chatbot')) as f (name, value);
select is(pg_temp.seen('user', :'user', f.name, f.value),
  array['not_synced', 'not_synced'], f.name || ': from and to null is a change')
from (values ('email', 'another@example.com'), ('phone', '+13035550177')) as f (name, value);
select is(pg_temp.seen('lead_notification', :'notification', f.name, f.value),
  array['not_synced', 'not_synced'], f.name || ': from and to null is a change')
from (values ('notification_type', 'tour_scheduled'), ('status', 'sent')) as f (name, value);

-- A row of its own each: one transaction's mark counts for all its statements.
select pg_temp.given_conversation(pg_temp.given_user(), :'property') as given \gset
select pg_temp.given_conversation(pg_temp.given_user(), :'property',
  '{"move_in_date": "2027-02-01"}') as taken \gset
select pg_temp.given_user(p_phone => null) as caller \gset
select pg_temp.given_conversation(:'caller', :'property') as called \gset
delete from public.lead_sync_queue;
update public.conversation set move_in_date = '2027-02-01' where id = :'given';
select results_eq('select conversation_id from public.lead_sync_queue',
  format('values (%L::uuid)', :'given'), 'a value that is first given queues a push');
delete from public.lead_sync_queue;
update public.conversation set move_in_date = null where id = :'taken';
select results_eq('select conversation_id from public.lead_sync_queue',
  format('values (%L::uuid)', :'taken'), 'a value that is taken away queues a push');
delete from public.lead_sync_queue;
update public."user" set phone = '+13035550178' where id = :'caller';
select results_eq('select conversation_id from public.lead_sync_queue',
  format('values (%L::uuid)', :'called'), 'a user''s first telephone number queues a push');

select * from finish();
rollback;
