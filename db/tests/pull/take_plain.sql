-- take_plain: those of a pull's leads that are merged without a word.
begin;
select plan(56);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/pull.psql
\i db/tests/support/plain.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.take_plain'),
  'SETOF lead_sync_private.plain_pull | volatile | enable_bitmapscan=off enable_hashjoin=off'
  ' enable_mergejoin=off enable_seqscan=off jit=off | -',
  'no role may call it');

-- What is taken of a lead that ResMan shows so: its groups, with the values for DomIQ.
create function pg_temp.taken(p_lead uuid, p_values jsonb default '{"occupants": 3}',
  p_at timestamptz default clock_timestamp(), p_item uuid default null) returns text
language sql
as $$
  select string_agg((
    select string_agg(g ->> 'field_group', ',') from jsonb_array_elements(t.changes) as g)
    || ' ' || t.told, ' ')
  from public.lead_sync_mapping m
  cross join pg_temp.property_of(p_lead) as p
  cross join lateral lead_sync_private.take_plain(p, array[row(7, p, m.resman_lead_id,
    pg_temp.shows(m) || p_values, p_at, null, p_item)::lead_sync_private.pulled_lead],
    lead_sync_private.merge_rules(p)) as t
  where m.conversation_id = p_lead
$$;
select pg_temp.given_pulling() as property \gset
select pg_temp.given_in_step(:'property', 'r1') as lead \gset
select id as mapping, updated_at from public.lead_sync_mapping
where conversation_id = :'lead' \gset

-- happy path
select is(pg_temp.taken(:'lead'), 'occupants {"occupants": 3}', 'what ResMan alone has changed');
select is(pg_temp.taken(:'lead', '{"occupants": 3, "move_in_date": "2027-05-01T00:00:00",
  "rent_min": 950, "comment": " wants a  view"}'),
  'move_in_date,rent,occupants,comment {"comment": "wants a  view", "rent_max": 1100, '
  '"rent_min": 950, "occupants": 3, "move_in_date": "2027-05-01"}',
  'groups of the conversation, normalised');
select is(pg_temp.taken(:'lead', '{"status": "Applicant", "bedrooms": "2",
  "pets": [{"type": "Dog", "count": 1}]}'),
  'status,bedrooms,pets {"pets": [{"type": "dog", "count": 1}], "status": "applicant", '
  '"bedrooms": 2}', 'those, too, for which it is asked what DomIQ holds');
select is(t.changes #> '{0,domiq}', '{"status": "prospect", "text": "new"}',
  'of a status the history keeps DomIQ''s own word')
from public.lead_sync_mapping m
cross join lateral lead_sync_private.take_plain(m.property_id, array[row(7, m.property_id,
  m.resman_lead_id, pg_temp.shows(m) || '{"status": "lost"}', clock_timestamp(), null, null)
  ::lead_sync_private.pulled_lead], lead_sync_private.merge_rules(m.property_id)) as t;
select is(pg_temp.taken(:'lead', '{"occupants": 3, "pets": []}'), 'occupants {"occupants": 3}',
  'beside what says nothing');
select results_eq(format($$
  select t.staged_id, t.item_id, t.issued_at, t.mapping_id, t.conversation_id,
    t.resman_lead_id, t.read ->> 'occupants', t.domiq ->> 'occupants',
    t.domiq_base ->> 'occupants', t.resman_base ->> 'occupants', t.changes #>> '{0,domiq}'
  from public.lead_sync_mapping m
  cross join lateral lead_sync_private.take_plain(m.property_id, array[row(7, m.property_id,
    m.resman_lead_id, pg_temp.shows(m) || '{"occupants": 3}', '2026-03-01', null, %L)
    ::lead_sync_private.pulled_lead], lead_sync_private.merge_rules(m.property_id)) as t$$,
    :'lead'),
  format($$values (7::bigint, %1$L::uuid, '2026-03-01'::timestamptz, %2$L::uuid, %1$L::uuid,
    'r1', '3', '2', '3', '3', '{"occupants": 2}')$$, :'lead', :'mapping'),
  'all that is to be written of it');
select is(m.domiq_base || m.resman_base, t.domiq_base || '{"occupants": 2}',
  'the bases take in what is said in another form')
from public.lead_sync_mapping m
cross join lateral lead_sync_private.take_plain(m.property_id, array[row(7, m.property_id,
  m.resman_lead_id, pg_temp.shows(m) || '{"occupants": 3, "move_in_date": "2027-01-01T00:00"}',
  clock_timestamp(), null, null)::lead_sync_private.pulled_lead],
  lead_sync_private.merge_rules(m.property_id)) as t
where t.domiq_base = t.resman_base;
select is(m.updated_at, :'updated_at', 'nothing is written yet')
from public.lead_sync_mapping m where m.id = :'mapping';

-- edges: what somebody has to look at
select is(pg_temp.taken(:'lead', told), null, 'not taken: ' || told::text)
from (values ('{}'::jsonb), ('{"email": "eve@example.com"}'), ('{"phone": "2175550123"}'),
  ('{"occupants": 3, "first_name": "Eve"}'), ('{"pets": []}'),
  ('{"occupants": 3, "events": [{"type": "Appointment", "at": "2027-03-01T15:00:00Z"}]}')) as x(told);

-- A push of the lead that a runner holds.
create function pg_temp.given_held(p_lead uuid) returns uuid
language sql
as $$
  select pg_temp.given_item(p_lead, jsonb_build_object('status', 'processing', 'lane', p_lead,
    'lease_token', gen_random_uuid(), 'lease_until', now() + interval '1 min',
    'lease_length', '60 s'))
$$;
-- What is taken of the lead after a change; both are undone, like what was locked for it.
create function pg_temp.taken_after(p_lead uuid, p_change text,
  p_values jsonb default '{"occupants": 3}') returns text
language plpgsql
as $$
begin
  execute replace(p_change, 'this', quote_literal(p_lead) || '::uuid');
  raise exception using errcode = 'P0099',
    message = coalesce(pg_temp.taken(p_lead, p_values), 'nothing');
exception when sqlstate 'P0099' then
  return sqlerrm;
end
$$;
select is(pg_temp.taken_after(:'lead', 'update public.lead_sync_mapping set ' || change),
  taken, 'of a link with ' || change)
from (values
  ('base_moved_at = null, resman_read_at = null', 'occupants {"occupants": 3}'),
  ('resman_read_at = clock_timestamp() - interval ''1 s''', 'occupants {"occupants": 3}'),
  ('mapping_status = ''deleted''', 'nothing'), ('mapping_status = ''inactive''', 'nothing'),
  ('suppressed = ''{"rent": {}}''', 'nothing'),
  ('base_unconfirmed = true', 'occupants {"occupants": 3}'),
  ('rules_version = 0', 'nothing'),
  ('property_id = pg_temp.given_property()', 'nothing'),
  ('domiq_base = ''{}''', 'nothing'), ('resman_base = ''{}''', 'nothing'),
  ('domiq_base = domiq_base || ''{"occupants": 1}''', 'nothing'),
  -- nobody knows yet what it was cut to
  ('domiq_base = domiq_base - ''occupants''', 'nothing')) as x(change, taken);
select is(pg_temp.taken_after(:'lead', change), taken, what)
from (values
  ($$insert into lead_sync_private.follower (conversation_id, mapping_id)
     select pg_temp.given_conversation(c.user_id, pg_temp.property_of(this)), m.id
     from public.conversation c join public.lead_sync_mapping m on m.conversation_id = c.id
     where c.id = this$$, 'nothing', 'not of one that others feed'),
  ($$update public."user" set resman_sync_status = 'not_synced'$$, 'nothing',
    'not where the user is to be said in step, too'),
  ($$update public."user" set resman_sync_status = null$$, 'nothing', 'or says nothing'),
  ($$update public."user" set resman_sync_status = 'not_synced';
     update public.lead_sync_mapping set contact_id = null$$, 'occupants {"occupants": 3}',
    'unless nobody knows of a contact'),
  ($$insert into public.lead_sync_conflicts (conversation_id, conflict_type, resolution_status)
     values (this, 'data_conflict', 'pending')$$, 'nothing', 'not with an open conflict'),
  ($$insert into public.lead_sync_conflicts (conversation_id, conflict_type, resolution_status)
     values (this, 'data_conflict', 'manual_review')$$, 'nothing', 'or one under review'),
  ($$insert into public.lead_sync_conflicts (conversation_id, conflict_type, resolution_status)
     values (this, 'data_conflict', 'resolved'), (this, 'data_conflict', null)$$,
    'occupants {"occupants": 3}', 'but with those that are closed'),
  ($$select pg_temp.given_held(this)$$, 'nothing', 'not while a push is under way'),
  ($$insert into lead_sync_private.tombstone (property_id, resman_lead_id, kind)
     values (pg_temp.property_of(this), 'r1', 'suppressed')$$, 'nothing',
    'not of one that must not return'),
  ($$select pg_temp.given_setting(pg_temp.property_of(this), 'write_mode', '"shadow"')$$,
    'nothing', 'not where nothing is to be written'),
  ($$update public.resman_integration set sync_direction = 'to_resman'$$, 'nothing',
    'not where a guard forbids it'),
  ($$update public.conversation set occupants_count = 4$$, 'nothing',
    'not where DomIQ has changed the group, too'),
  ($$update public.conversation set price_range_max = 1200$$, 'nothing', 'or another'),
  ($$insert into lead_sync_private.field_change (mapping_id, field_group, kind, new_domiq,
       new_resman)
     select m.id, 'occupants', x.kind, x.value, x.value
     from public.lead_sync_mapping m cross join (values ('pull', '{"occupants": 3}'::jsonb),
       ('push', '{"occupants": 2}'), ('pull', '{"occupants": 3}'),
       ('push', '{"occupants": 2}')) as x(kind, value)$$, 'nothing',
    'not of a value that goes back and forth')) as x(change, taken, what);

select is(pg_temp.taken_after(:'lead', format('
    update public.conversation set apartment_size_preference = %L;
    update public.lead_sync_mapping set domiq_base = domiq_base || ''{"bedrooms": 1}'',
      resman_base = resman_base || ''{"bedrooms": 1}''', size), '{"bedrooms": 2}'), taken, what)
from (values ('1 bedroom', 'bedrooms {"bedrooms": 2}', 'what DomIQ holds can be read'),
  ('a large one', 'nothing', 'not where nobody can read it')) as x(size, taken, what);

-- edges: the first read after a save shows to what a text was cut
select is(pg_temp.taken_after(:'lead', format('
    update public.conversation set ai_intent_summary = ''asks for a view'';
    update public.lead_sync_mapping set base_unconfirmed = %L,
      domiq_base = domiq_base || ''{"comment": "asks for a view"}'',
      resman_base = resman_base || ''{"comment": "asks for a view"}''', saved),
  '{"occupants": 3, "comment": "asks for"}'), taken, what)
from (values (false, 'occupants,comment {"comment": "asks for", "occupants": 3}',
    'a text that the office has shortened is taken over'),
  (true, 'occupants {"occupants": 3}', 'not what ResMan has cut')) as x(saved, taken, what);

-- edges: the lead's lock is apply_lead's
select pg_temp.given_in_step(:'property', 'r2') as second \gset
select count(*) as locks from pg_locks where locktype = 'advisory' \gset
select pg_temp.taken(:'second');
select is(count(*), :locks + 1::bigint, 'one lock is had')
from pg_locks where locktype = 'advisory';
select lead_sync_private.apply_lead(:'property', '{"lead_id": "r2"}', '2026-01-01');
select is(count(*), :locks + 1::bigint, 'the one of all that merge this lead')
from pg_locks where locktype = 'advisory';

-- edges: when it was read
select is(pg_temp.taken(:'lead', p_at => at), taken, what)
from (values ('2026-01-02T00:00:00Z'::timestamptz, null, 'not what is older than the base'),
  ('2026-01-02T12:00:00Z', null, 'or than another read'),
  ('2026-01-03T00:00:00Z', 'occupants {"occupants": 3}', 'but what is as old as that one'),
  (clock_timestamp() + interval '1 min', null, 'not what is ahead of the clock'))
  as x(at, taken, what);
select is(pg_temp.taken_after(:'lead', 'update public.lead_sync_mapping
  set base_moved_at = now(), resman_read_at = null'), 'occupants {"occupants": 3}',
  'whatever was read before');
update public.lead_sync_mapping set base_moved_at = '2026-01-03';
select is(pg_temp.taken(:'lead', p_at => '2026-01-03'), null, 'not what is as old as the base');
select is(pg_temp.taken_after(:'lead', format('update public.lead_sync_mapping set %s = %L',
  field, clock_timestamp() + interval '1 min')), 'nothing', 'nor where the link is: ' || field)
from (values ('base_moved_at'), ('resman_read_at')) as x(field);
select pg_temp.given_held(:'lead') as item \gset
select is(pg_temp.taken(:'lead', p_item => :'item'), 'occupants {"occupants": 3}',
  'the pull itself is not in its way');

select * from finish();
rollback;
