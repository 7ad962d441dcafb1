-- build_lead: a conversation and its user as a canonical lead document.
begin;
select plan(62);
\i db/tests/support/fixtures.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.build_lead'),
  'jsonb | stable | enable_bitmapscan=off enable_hashjoin=off enable_mergejoin=off '
  'enable_seqscan=off jit=off | -',
  'no role may call it, and its plan is pinned');

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

-- blanks and rubbish
select is(pg_temp.built(:'property', '{"status": " LOST "}') ->> 'status', 'lost',
  'a status is read without regard to case and spaces');
select is(pg_temp.built(:'property', '{"ai_intent_summary": "  "}') -> 'comment', 'null',
  'a summary of spaces is blank');
select is(pg_temp.built(:'property', '{"apartment_size_preference": "123456 rooms"}')
  -> 'bedrooms', '1234', 'a number that cannot be one is cut');
select pg_temp.given_user(' - ', '-', 'dash@example.com', null) as "user" \gset
select pg_temp.given_conversation(:'user', :'property') as lead \gset
select is(lead_sync_private.build_lead(:'lead') -> name, 'null', 'a dash is no ' || name)
from unnest(array['first_name', 'last_name']) as name;

-- several conversations of one lead: the first is linked, the later ones follow
select pg_temp.given_user('Ann', 'Lee', 'several@example.com', null) as "user" \gset
select pg_temp.given_conversation(:'user', :'property', '{"created_at": "2026-01-01",
    "status": "application", "move_in_date": "2027-01-01", "occupants_count": 1,
    "price_range_min": 100, "ai_intent_summary": "first", "has_pets": false,
    "apartment_size_preference": "1", "is_book_tour": true,
    "tour_datetime": "2027-01-01T10:00:00"}') as first,
  pg_temp.given_conversation(:'user', :'property', '{"created_at": "2026-01-02",
    "status": "contacted", "move_in_date": "2027-02-02", "occupants_count": 2,
    "price_range_max": 200, "ai_intent_summary": "second"}') as second,
  pg_temp.given_conversation(:'user', :'property', '{"created_at": "2026-01-03",
    "status": "closed", "move_in_date": "2027-03-03", "ai_intent_summary": " ",
    "apartment_size_preference": "large"}') as third \gset
insert into public.lead_sync_mapping (conversation_id, resman_lead_id)
values (:'first', 'L1') returning id as mapping \gset
insert into lead_sync_private.follower (conversation_id, mapping_id)
values (:'second', :'mapping'), (:'third', :'mapping');
select is(lead_sync_private.build_lead(c, :'mapping'), '{
  "first_name": "Ann", "last_name": "Lee", "email": "several@example.com", "phone": null, "move_in_date": "2027-03-03", "rent_min": null,
  "rent_max": 200, "bedrooms": 1, "occupants": 2, "pets": [], "comment": "second",
  "tour_at": "2027-01-01T17:00:00Z", "status": "application"}',
  'the newest with a value feeds each field, the furthest the status')
from unnest(array[:'first', :'second', :'third']::uuid[]) as c;
select is(lead_sync_private.build_lead(:'second') ->> 'status', 'contacted',
  'without the link each stands for itself');
create function pg_temp.stage_of(p_mapping uuid, p_first text, p_third text) returns text
language plpgsql
as $$
begin
  update public.conversation c set status = case when c.created_at < '2026-01-02' then p_first
      when c.created_at < '2026-01-03' then 'new' else p_third end
  where c.id in (select f.conversation_id from lead_sync_private.follower f
      union select m.conversation_id from public.lead_sync_mapping m where m.id = p_mapping);
  return (select lead_sync_private.build_lead(m.conversation_id, m.id) ->> 'status'
    from public.lead_sync_mapping m where m.id = p_mapping);
end
$$;
select is(pg_temp.stage_of(:'mapping', one, other), expected, format('%s and %s', one, other))
from (values ('leased', 'application', 'leased'), ('tour_booked', 'application', 'application'),
  ('qualified', 'tour_booked', 'tour_scheduled'), ('contacted', 'qualified', 'qualified'),
  ('contacted', 'new', 'contacted'), ('leased', 'lost', 'lost'),
  ('lost', 'contacted', 'contacted'),
  ('lost', 'closed', 'new'), ('lost', null, 'new')) as v(one, other, expected);

-- nobody
select pg_temp.given_conversation(null, :'property') as lead \gset
select is(lead_sync_private.build_lead(:'lead'), null, 'without a user there is no document');
select is(lead_sync_private.build_lead(gen_random_uuid()), null, 'nor without a conversation');

select * from finish();
rollback;
