-- update_conversation_sync_status: a version, a mark, and a time for each group that changed.
begin;
select plan(33);
\i db/tests/support/fixtures.psql
\i db/tests/support/capture.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('public.update_conversation_sync_status'),
  'trigger | volatile | - | -', 'no role may call it');

select pg_temp.given_property() as property \gset
select pg_temp.given_conversation(pg_temp.given_user(), :'property', '{"resman_lead_id": "L1",
  "resman_sync_status": "synced", "resman_sync_version": 7, "status": "new",
  "resman_field_times": {"status": "2020-01-01T00:00:00+00:00",
    "other": "kept"}}') as lead \gset

-- happy path
update public.conversation set occupants_count = 2 where id = :'lead';
select collect_tap(
  is(c.resman_sync_version, 8, 'the version moves by one'),
  is(c.resman_sync_status, 'not_synced', 'it is not in step any more'),
  is(c.resman_capture_mark::text, pg_current_xact_id()::text, 'the transaction is marked'),
  is(c.resman_field_times - 'occupants',
    '{"status": "2020-01-01T00:00:00+00:00", "other": "kept"}', 'other times stay'),
  ok((c.resman_field_times ->> 'occupants')::timestamptz between now() and clock_timestamp(),
    'the group that changed has the time'),
  is(c.resman_lead_id, 'L1', 'the link stays'),
  is(c.occupants_count, 2, 'and so does the edit'))
from public.conversation c where c.id = :'lead';

-- effects: what the statement's trigger asks for
select is(current_setting('lead_sync.stamped', true), txid_current()::text,
  'the transaction has stamped');
select set_config('lead_sync.stamped', 'off', true);
update public.conversation set occupants_count = 7 where id = :'lead';
select is(current_setting('lead_sync.stamped'), 'off', 'one that is set already is left');
select set_config('lead_sync.stamped', '', true);
update public.conversation set occupants_count = 8 where id = :'lead';
select is(current_setting('lead_sync.stamped'), txid_current()::text, '… and a blank one is not');

-- edges: which group a column belongs to
create function pg_temp.stamped(p_id uuid, p_set text) returns text
language plpgsql
as $$
declare
  v_stamped text;
begin
  update public.conversation set resman_field_times = null where id = p_id;
  execute format('update public.conversation set %s where id = $1', p_set) using p_id;
  select coalesce(string_agg(k, ' ' order by k), '') into v_stamped
  from public.conversation c, jsonb_object_keys(c.resman_field_times) as k where c.id = p_id;
  return v_stamped;
end
$$;
select is(pg_temp.stamped(:'lead', change), expected, change)
from (values
  ('status = ''contacted''', 'status'), ('move_in_date = ''2027-01-01''', 'move_in_date'),
  ('price_range_min = 1', 'rent'), ('price_range_max = 2', 'rent'),
  ('apartment_size_preference = ''1''', 'bedrooms'), ('occupants_count = 3', 'occupants'),
  ('has_pets = true', 'pets'), ('pet_details = ''["dog"]''', 'pets'),
  ('ai_intent_summary = ''x''', 'comment'), ('tour_datetime = ''2027-01-01''', 'tour'),
  ('is_book_tour = true', 'status tour'), ('source = ''Web''', ''),
  ('occupants_count = null, has_pets = null', 'occupants pets'), ('is_qualified = true', ''))
  as v(change, expected);

-- edges: what says that it is a pull
select set_config('lead_sync.applying', 'anything', true);
update public.conversation set occupants_count = 10, resman_sync_status = 'conflict',
  resman_capture_mark = null where id = :'lead';
select is(c.resman_sync_status, 'not_synced', 'an edit is one whatever the setting says')
from public.conversation c where c.id = :'lead';
update public.conversation set occupants_count = 11, resman_sync_status = 'synced',
  resman_last_sync_at = '2026-01-01', resman_capture_mark = null where id = :'lead';
select is(c.resman_sync_status, 'synced', 'the end of a pull comes with the time of it')
from public.conversation c where c.id = :'lead';
select is(c.resman_capture_mark::text, pg_current_xact_id()::text, 'and is captured all the same')
from public.conversation c where c.id = :'lead';
select set_config('lead_sync.applying', '', true);

-- edges: a row from before the package
update public.conversation set resman_sync_version = null, resman_field_times = null
where id = :'lead';
update public.conversation set occupants_count = 9 where id = :'lead';
select is(c.resman_sync_version, 1, 'an unknown version becomes the first')
from public.conversation c where c.id = :'lead';
select is(array(select jsonb_object_keys(c.resman_field_times)), array['occupants'],
  'and times begin') from public.conversation c where c.id = :'lead';

-- edges: a session whose path has other operators before those of the system
create schema hostile;
create function hostile.same(p_left integer, p_right integer) returns boolean
language sql immutable as 'select true';
create operator hostile.= (leftarg = integer, rightarg = integer, function = hostile.same);
set local search_path = hostile, pg_catalog;
update public.conversation set resman_field_times = null where id = :'lead';
update public.conversation set occupants_count = 12 where id = :'lead';
reset search_path;
select is(array(select jsonb_object_keys(c.resman_field_times)), array['occupants'],
  'no search_path hides an edit') from public.conversation c where c.id = :'lead';

-- effects
select is(pg_temp.moved('conversation', :'lead', 'occupants_count = 10'), 1, 'each edit');
select is(pg_temp.moved('conversation', :'lead', 'occupants_count = 11'), 1, 'moves it');

select * from finish();
rollback;
