-- write_conversation_values: a pull's values of a conversation.
begin;
select plan(23);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.write_conversation_values'),
  'void | volatile | enable_hashjoin=off enable_mergejoin=off enable_seqscan=off jit=off | -',
  'no role may call it');

create function pg_temp.given_chat() returns uuid
language sql
as $$
  select pg_temp.given_conversation(pg_temp.given_user(), pg_temp.given_property(),
    '{"status": "qualified", "move_in_date": "2027-01-01", "price_range_min": 900,
      "price_range_max": 1100, "apartment_size_preference": "1 bed", "occupants_count": 1,
      "has_pets": true, "pet_details": [{"type": "Cat", "count": 1}],
      "ai_intent_summary": "asks", "is_book_tour": true,
      "tour_datetime": "2026-12-01T10:00:00"}')
$$;
create view pg_temp.kept as
select id, concat_ws(' | ', coalesce(status, '-'), coalesce(move_in_date::text, '-'),
  coalesce(price_range_min::text, '-'), coalesce(price_range_max::text, '-'),
  coalesce(apartment_size_preference, '-'), coalesce(occupants_count::text, '-'),
  coalesce(has_pets::text, '-'), coalesce(pet_details::text, '-'),
  coalesce(ai_intent_summary, '-'), is_book_tour, coalesce(tour_datetime::text, '-')) as kept
from public.conversation;
create function pg_temp.write(p_lead uuid, p_values jsonb, p_in_step text default null)
returns void
language sql
as $$
  select lead_sync_private.write_conversation_values(array[p_lead], array[p_values],
    array[p_in_step])
$$;
create function pg_temp.written(p_lead uuid, p_values jsonb) returns text
language plpgsql
as $$
begin
  perform pg_temp.write(p_lead, p_values);
  return (select k.kept from pg_temp.kept k where k.id = p_lead);
end
$$;

-- happy path
select pg_temp.given_chat() as lead, pg_temp.given_chat() as other \gset
select is(pg_temp.written(:'lead', '{}'), 'qualified | 2027-01-01 | 900.00 | 1100.00 | 1 bed'
  ' | 1 | true | [{"type": "Cat", "count": 1}] | asks | t | 2026-12-01 10:00:00',
  'what is absent stays');
select is(pg_temp.written(:'lead', '{"status": "lost", "move_in_date": "2027-02-03",
  "rent_min": 1000, "rent_max": 1200, "bedrooms": 2, "occupants": 3,
  "pets": [{"type": "Dog", "count": 2}], "comment": "wants a view",
  "tour_at": "2027-01-05T18:30:00Z", "first_name": "Eve", "lead_id": "L9"}'),
  'lost | 2027-02-03 | 1000.00 | 1200.00 | 2 bedroom | 3 | true'
  ' | [{"type": "Dog", "count": 2}] | wants a view | t | 2027-01-05 18:30:00',
  'each field, and no other');
select is(kept, 'qualified | 2027-01-01 | 900.00 | 1100.00 | 1 bed | 1 | true'
  ' | [{"type": "Cat", "count": 1}] | asks | t | 2026-12-01 10:00:00', 'of no other')
from pg_temp.kept where id = :'other';

-- edges: null is blank, but a tour is never taken back
select is(pg_temp.written(:'lead', '{"move_in_date": null, "rent_min": null, "rent_max": null,
  "bedrooms": null, "occupants": null, "pets": null, "comment": null, "tour_at": null,
  "status": null}'),
  'lost | - | - | - | - | - | - | - | - | t | 2027-01-05 18:30:00', 'null is blank');
select is(pg_temp.written(:'other', format('{%s: null}', to_json(k))::jsonb),
  (select kept from pg_temp.kept where id = :'other'), 'a null there changes nothing: ' || k)
from unnest(array['tour_at', 'status']) as k;

-- edges: pets, bedrooms, status
select is(pg_temp.written(:'other', '{"pets": []}'), 'qualified | 2027-01-01 | 900.00 | 1100.00'
  ' | 1 bed | 1 | false | - | asks | t | 2026-12-01 10:00:00', 'no pets');
select matches(pg_temp.written(:'other', '{"bedrooms": 0}'), ' studio ', 'a studio');
select matches(pg_temp.written(:'other', '{"status": "prospect"}'), '^qualified ',
  'a prospect keeps DomIQ''s stage');
select matches(pg_temp.written(:'lead', '{"status": "prospect"}'), '^active ',
  'and brings one that was lost back');
select matches(pg_temp.written(:'lead', '{"domiq_status": "closed"}'), '^closed ',
  'a status of DomIQ''s own');

-- edges: the property's clock, across its summer time
select pg_temp.given_setting(pg_temp.property_of(:'lead'), 'time_zone', '"America/Denver"');
select matches(pg_temp.written(:'lead', jsonb_build_object('tour_at', at)), shown || '$', at)
from (values ('2027-01-05T18:30:00Z', '2027-01-05 11:30:00'),
  ('2027-07-05T03:30:00Z', '2027-07-04 21:30:00')) as v(at, shown);
select pg_temp.given_conversation(null, pg_temp.given_property()) as fresh \gset
select is(pg_temp.written(:'fresh', '{"tour_at": "2027-01-05T18:30:00Z"}'),
  'tour_scheduled | - | - | - | - | - | - | - | - | t | 2027-01-05 18:30:00',
  'a tour is booked; the stage is what DomIQ makes of it');

-- edges: the end of a pull goes with its values
update public.conversation set resman_lead_id = 'L0', resman_last_sync_at = '2026-01-01'
where id = :'fresh';
create function pg_temp.ends() returns text
language sql
as $$
  select concat_ws(' ', c.resman_sync_status, c.resman_lead_id, c.resman_last_sync_at >= now())
  from public.conversation c where c.occupants_count in (3, 4)
$$;
select set_config('lead_sync.applying', 'a link', true);
select pg_temp.write(:'fresh', '{"occupants": 3}');
select is(pg_temp.ends(), 'not_synced L0 f', 'a row that is not said to be in step is not');
select pg_temp.write(:'fresh', '{"occupants": 4}', 'L1');
select is(pg_temp.ends(), 'synced L1 t', 'one that is said to be, is so with the same write');
select pg_temp.write(:'fresh', '{"occupants": 4}', 'L1');
select is(pg_temp.ends(), 'synced L1 t', 'whether anything changes or not');
select set_config('lead_sync.applying', '', true);
select pg_temp.write(:'fresh', '{"occupants": 3}', 'L1');
select is(pg_temp.ends(), 'not_synced L1 t', 'but in a pull alone');

-- edges: several at once
select set_config('lead_sync.applying', 'a link', true);
select lead_sync_private.write_conversation_values(array[:'lead', :'other']::uuid[],
  '{"{\"occupants\": 5}","{\"occupants\": 6}"}', '{NULL,L2}');
select results_eq(format('select occupants_count, resman_sync_status::text, resman_lead_id::text
    from public.conversation where id in (%L, %L) order by 1', :'lead', :'other'),
  $$values (5, 'not_synced', null), (6, 'synced', 'L2')$$, 'each has its own');
select set_config('lead_sync.applying', '', true);

-- errors
select throws_ok(format('select pg_temp.write(%L, %L)', :'lead', v), code, null,
  'DomIQ refuses: ' || v)
from (values ('{"rent_min": 1300, "rent_max": 1200}', '23514'),
  ('{"occupants": "many"}', '22P02')) as x(v, code);

-- effects
set local search_path = '';
select pg_temp.write(:'other', '{"comment": "again"}');
set local search_path = public, tap;
select is(ai_intent_summary, 'again', 'whatever the caller''s path') from public.conversation
where id = :'other';

select * from finish();
rollback;
