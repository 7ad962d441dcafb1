-- write_new_conversation: a conversation and its link for a lead that ResMan alone has.
begin;
select plan(16);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.write_new_conversation'),
  'lead_sync_mapping | volatile | - | -', 'no role may call it');

select pg_temp.given_property() as property \gset
select pg_temp.given_integration(:'property', '{"sync_direction": "bidirectional"}');
select pg_temp.given_chatbot(:'property') as bot \gset
create function pg_temp.made(p_property uuid, p_values jsonb)
returns public.lead_sync_mapping
language sql
as $$
  select m from lead_sync_private.write_new_conversation(pg_temp.given_chatbot(p_property),
    pg_temp.given_user(), p_property, p_values) as m
$$;
create view pg_temp.kept as
select id, concat_ws(' | ', coalesce(status, '-'), coalesce(move_in_date::text, '-'),
  coalesce(price_range_min::text, '-'), coalesce(price_range_max::text, '-'),
  coalesce(apartment_size_preference, '-'), coalesce(occupants_count::text, '-'),
  coalesce(has_pets::text, '-'), coalesce(pet_details::text, '-'),
  coalesce(ai_intent_summary, '-'), is_book_tour, coalesce(tour_datetime::text, '-'), source,
  resman_lead_id) as kept
from public.conversation;

-- happy path
select pg_temp.given_user() as "user" \gset
select set_config('lead_sync.applying', 'new', true);
select m.id, m.conversation_id
from lead_sync_private.write_new_conversation(:'bot', :'user', :'property',
  '{"lead_id": "L1", "contact_id": "P1", "status": "applicant", "move_in_date": "2027-02-03",
    "rent_min": 1000, "rent_max": 1200, "bedrooms": 2, "occupants": 3,
    "pets": [{"type": "Dog", "count": 2}], "comment": "wants a view",
    "tour_at": "2027-01-05T18:30:00Z"}') as m \gset
select is(kept, 'application | 2027-02-03 | 1000.00 | 1200.00 | 2 bedroom | 3 | true'
  ' | [{"type": "Dog", "count": 2}] | wants a view | t | 2027-01-05 18:30:00 | resman | L1',
  'all its values') from pg_temp.kept where id = :'conversation_id';
select is(array[chatbot_id, user_id], array[:'bot', :'user']::uuid[], 'whose it is')
from public.conversation where id = :'conversation_id';
select is(concat_ws(' ', resman_lead_id, contact_id, mapping_status, sync_version,
  property_id = :'property', domiq_base, created_at between now() and clock_timestamp()),
  'L1 P1 active 0 t {} t', 'and its link, with no base')
from public.lead_sync_mapping where id = :'id';
select is(applied, jsonb_build_object('xid', pg_current_xact_id()::text, 'new', true),
  'which capture, where it is asked to look, knows as made just now')
from public.lead_sync_mapping where id = :'id';
select is(count(*), 0::bigint, 'so nothing goes back to ResMan') from public.lead_sync_queue;

-- edges: little is known
select (pg_temp.made(:'property', '{"lead_id": "L2"}')).conversation_id as bare \gset
select is(kept, 'new | - | - | - | - | - | - | - | - | f | - | resman | L2',
  'what is absent is blank') from pg_temp.kept where id = :'bare';
select is(contact_id, null, 'the contact too') from public.lead_sync_mapping
where conversation_id = :'bare';
select (pg_temp.made(:'property', '{"lead_id": "L3", "status": null, "pets": null,
  "bedrooms": null, "tour_at": null, "rent_min": null}')).conversation_id as blank \gset
select is(kept, 'new | - | - | - | - | - | - | - | - | f | - | resman | L3', 'so is null')
from pg_temp.kept where id = :'blank';
select (pg_temp.made(:'property', '{"lead_id": "L4", "status": "prospect", "pets": [],
  "bedrooms": 0}')).conversation_id as studio \gset
select is(kept, 'active | - | - | - | studio | - | false | - | - | f | - | resman | L4',
  'a prospect is active, no pets are none, no bedroom a studio')
from pg_temp.kept where id = :'studio';
select (pg_temp.made(:'property', '{"lead_id": "L5", "status": "lost"}')).conversation_id
  as lost \gset
select matches(kept, '^lost ', 'lost from the start') from pg_temp.kept where id = :'lost';

-- edges: the property's clock
select pg_temp.given_setting(:'property', 'time_zone', '"America/Denver"');
select (pg_temp.made(:'property', '{"lead_id": "L6",
  "tour_at": "2027-07-05T03:30:00Z"}')).conversation_id as toured \gset
select is(tour_datetime, timestamp '2027-07-04 21:30', 'a tour is at the property''s time')
from public.conversation where id = :'toured';

-- errors
select throws_ok(format('select pg_temp.made(%L, %L)', :'property', v), code, null,
  'refused: ' || v)
from (values ('{"lead_id": "L1"}', '23505'), ('{}', '23502'),
  ('{"lead_id": "L8", "rent_min": 1300, "rent_max": 1200}', '23514')) as x(v, code);

-- effects
select is(count(*), (select count(*) from public.lead_sync_mapping),
  'what was refused has left no conversation')
from public.conversation where source = 'resman';

select * from finish();
rollback;
