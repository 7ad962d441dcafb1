-- trigger_update_conversation_sync_status: which edits of a conversation count.
begin;
select plan(37);
\i db/tests/support/fixtures.psql
\i db/tests/support/capture.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.trigger_of('public.conversation', 'trigger_update_conversation_sync_status'),
  'before update | row | - | update_conversation_sync_status',
  'when it fires, and what it calls');

select pg_temp.given_property() as property \gset
select pg_temp.given_user() as "user" \gset
select pg_temp.given_conversation(null, :'property') as lead \gset
select pg_temp.given_chatbot(pg_temp.given_property()) as chatbot \gset

-- happy path: every synced field, from null to a value and on
select is(pg_temp.moved('conversation', :'lead', change), 1, 'counts: ' || change)
from unnest(array[
  'ai_intent_summary = ''a''', 'ai_intent_summary = ''b''', 'is_qualified = true',
  'is_qualified = null', 'status = ''contacted''', 'status = null',
    'tour_datetime = ''2027-01-01''',
  'move_in_date = ''2027-01-01''', 'price_range_min = 1', 'price_range_max = 2',
  'apartment_size_preference = ''1''', 'occupants_count = 0', 'has_pets = false',
  'pet_details = ''[]''', 'source = ''Web''', 'is_book_tour = true',
  format('chatbot_id = %L', :'chatbot'), format('user_id = %L', :'user'),
  'occupants_count = 1, has_pets = true']) as change;

-- edges: what does not travel
select is(pg_temp.moved('conversation', :'lead', change), 0, 'does not count: ' || change)
from unnest(array[
  'lead_score = 1', 'tour_type = ''x''', 'end_time = ''2100-01-01''',
    'desired_features = ''{}''',
  'work_location = ''x''', 'reason_for_moving = ''x''', 'notification_status = ''{}''',
  'updated_at = now()', 'occupants_count = occupants_count', 'resman_sync_status = ''failed''',
  'resman_lead_id = ''L1''', 'resman_last_sync_at = now()', 'resman_custom_fields = ''{}''',
  'user_id = null', 'user_id = null, lead_score = 2']) as change;

-- effects: what DomIQ's own triggers derive
select is(pg_temp.moved('conversation', :'lead', 'pre_qualified = true'), 1,
  'a status that DomIQ''s trigger derives counts');
select is(c.status, 'qualified', 'it is the derived one') from public.conversation c
where c.id = :'lead';

select * from finish();
rollback;
