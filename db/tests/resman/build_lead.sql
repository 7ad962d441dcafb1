-- build_lead: a conversation and its user as a canonical lead document.
begin;
select plan(43);
\i db/tests/support/fixtures.psql

select pg_temp.given_property() as property \gset
select pg_temp.given_integration(:'property');

-- The document of a new conversation with these values.
create function pg_temp.built(p_property uuid, p_values jsonb default '{}') returns jsonb
language plpgsql
as $$
declare
  -- build_lead sees what stood when its statement began
  v_lead uuid := pg_temp.given_conversation(pg_temp.given_user(), p_property, p_values);
begin
  return lead_sync_private.build_lead(v_lead);
end
$$;

-- the whole
select pg_temp.given_user(' Ann ', 'Lee', ' Ann@Example.com ', '(303) 555-0999') as "user" \gset
select pg_temp.given_conversation(:'user', :'property', '{"status": "qualified",
  "move_in_date": "2027-03-01", "price_range_min": 1000, "price_range_max": 1500,
  "apartment_size_preference": "2 bedrooms", "occupants_count": 3, "has_pets": true,
  "pet_details": [{"type": "Dog", "count": 1}], "ai_intent_summary": " Wants a balcony. ",
  "is_book_tour": true, "tour_datetime": "2027-01-15T10:00:00"}') as lead \gset
select is(lead_sync_private.build_lead(:'lead'), '{"first_name": "Ann", "last_name": "Lee",
  "email": "ann@example.com", "phone": "+13035550999", "move_in_date": "2027-03-01",
  "rent_min": 1000, "rent_max": 1500, "bedrooms": 2, "occupants": 3,
  "pets": [{"type": "dog", "count": 1}], "comment": "Wants a balcony.",
  "tour_at": "2027-01-15T10:00:00Z", "status": "qualified"}',
  'every field that DomIQ holds is in the document');
select is(pg_temp.built(:'property') - array['first_name', 'last_name', 'email', 'phone'],
  '{"move_in_date": null, "rent_min": null, "rent_max": null, "occupants": null,
    "comment": null, "status": "new"}',
  'what is empty is blank; what says nothing that can be read is absent');
select pg_temp.given_user('Ann', 'Lee', 'ann-2@example.com', null) as "user" \gset
select pg_temp.given_conversation(:'user', :'property') as lead \gset
select is(lead_sync_private.build_lead(:'lead') -> 'phone', 'null', 'no number is a blank');

-- rents
select is(array[d -> 'rent_min', d -> 'rent_max'], array[low, high]::jsonb[],
  format('rent %s to %s', coalesce(p_min::text, '-'), coalesce(p_max::text, '-')))
from (values (1000.00, 1500.00, '1000', '1500'), (1000.99, 1500.01, '1000', '1501'),
  (999.50, 999.50, '999', '1000'), (0, 0.01, '0', '1'), (1200.25, null, '1200', 'null'),
  (null, 1200.25, 'null', '1201')) as v(p_min, p_max, low, high),
lateral pg_temp.built(:'property',
  jsonb_build_object('price_range_min', p_min, 'price_range_max', p_max)) as d;

-- bedrooms
select is(pg_temp.built(:'property', jsonb_build_object('apartment_size_preference', size))
  -> 'bedrooms', expected::jsonb, format('size %s', coalesce(quote_literal(size), 'null')))
from (values ('studio', '0'), ('Studio', '0'), ('a STUDIO please', '0'), ('1BR', '1'),
  ('2-3 bedrooms', '2'), ('3', '3'), ('0 bedrooms', '0'), ('two', null), ('large', null),
  ('', null), (null, null)) as v(size, expected);
select ok(not pg_temp.built(:'property', '{"apartment_size_preference": "large"}') ? 'bedrooms',
  'a size that cannot be read is absent, not blank');

-- pets
select is(pg_temp.built(:'property', '{"has_pets": false}') -> 'pets', '[]',
  'no pets is an empty list');
select is(pg_temp.built(:'property', '{"has_pets": false, "pet_details": ["dog"]}') -> 'pets',
  '[]', 'whatever the details say');
select ok(not pg_temp.built(:'property', '{"has_pets": true}') ? 'pets',
  'pets without details are absent');
select ok(not pg_temp.built(:'property') ? 'pets', 'so are pets nobody asked about');

-- the tour
select ok(not pg_temp.built(:'property', '{"is_book_tour": false,
  "tour_datetime": "2027-01-15T10:00:00"}') ? 'tour_at', 'a tour that is not booked is absent');
select ok(not pg_temp.built(:'property', '{"is_book_tour": true}') ? 'tour_at',
  'so is one without a time');
select lead_sync.set_property_setting(:'property', 'time_zone', '"America/Denver"');
select is(pg_temp.built(:'property',
  jsonb_build_object('is_book_tour', true, 'tour_datetime', t)) ->> 'tour_at', expected, name)
from (values
  ('2027-01-15T10:00:00', '2027-01-15T17:00:00Z', 'a tour is in the property''s time zone'),
  ('2027-07-15T10:00:00', '2027-07-15T16:00:00Z', 'in summer time, too')
) as v(t, expected, name);
set local timezone = 'Asia/Tokyo';
set local datestyle = 'SQL, DMY';
select is(pg_temp.built(:'property', '{"is_book_tour": true, "move_in_date": "2027-03-01",
  "tour_datetime": "2027-01-15T10:00:00"}')
    - array['first_name', 'last_name', 'email', 'phone'],
  '{"move_in_date": "2027-03-01", "tour_at": "2027-01-15T17:00:00Z", "rent_min": null,
    "rent_max": null, "occupants": null, "comment": null, "status": "new"}',
  'whatever the session''s time zone and date style');
set local timezone = 'UTC';
set local datestyle = 'ISO, YMD';

-- the status
select is(pg_temp.built(:'property', jsonb_build_object('status', s)) ->> 'status', expected,
  'status ' || s)
from (values ('new', 'new'), ('active', 'new'), ('contacted', 'contacted'),
  ('tour_booked', 'tour_scheduled'), ('tour_completed', 'tour_scheduled'), ('lost', 'lost'),
  ('closed', null), ('completed', null), ('converted', null)) as v(s, expected);
select ok(not pg_temp.built(:'property', '{"status": "closed"}') ? 'status',
  'a status that is not mapped is absent, not blank');

-- the country
select lead_sync.set_property_setting(:'property', 'country_code', '"44"');
select pg_temp.given_user('Ann', 'Lee', null, '020 7946 0018') as "user" \gset
select pg_temp.given_conversation(:'user', :'property') as lead \gset
select is(lead_sync_private.build_lead(:'lead') ->> 'phone', '+442079460018',
  'a number is written with the property''s country');

-- nobody
select pg_temp.given_conversation(null, :'property') as lead \gset
select is(lead_sync_private.build_lead(:'lead'), null, 'without a user there is no document');
select is(lead_sync_private.build_lead(gen_random_uuid()), null, 'nor without a conversation');

select * from finish();
rollback;
