-- gather_evidence: what a merge may go by besides the values.
begin;
select plan(39);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.gather_evidence'),
  'jsonb | stable | enable_bitmapscan=off enable_hashjoin=off enable_mergejoin=off '
  'enable_seqscan=off jit=off | -',
  'no role may call it');

select pg_temp.given_lead('{"created_at": "2026-01-01"}') as lead,
  pg_temp.given_lead() as other \gset
select user_id as "user", pg_temp.property_of(id) as property
from public.conversation where id = :'lead' \gset
select pg_temp.given_mapping(:'lead') as mapping \gset
create function pg_temp.evidence(p_lead uuid, p_mapping uuid) returns jsonb
language sql
as $$
  select lead_sync_private.gather_evidence(p_lead,
    (select m from public.lead_sync_mapping m where m.id = p_mapping))
$$;
-- Write a row's field times as they are, which capture would stamp.
create function pg_temp.stamp(p_table text, p_id uuid, p_times jsonb) returns void
language plpgsql
as $$
begin
  execute format('update public.%I set resman_field_times = $2 where id = $1', p_table)
  using p_id, p_times;
end
$$;
create function pg_temp.time_of(p_lead uuid, p_mapping uuid, p_group text) returns timestamptz
language sql
as $$
  select (pg_temp.evidence(p_lead, p_mapping) #>> array['domiq_times', p_group])::timestamptz
$$;

-- edges: a lead of which nothing is known
select is(pg_temp.evidence(:'lead', :'mapping') - 'resman_before', '{"spans": false}',
  'nothing is made up');
select ok((pg_temp.evidence(:'lead', :'mapping') ->> 'resman_before')::timestamptz
  between now() and clock_timestamp(), 'ResMan''s change came before now');
select is(pg_temp.evidence(null, null) - 'resman_before', '{"spans": false}',
  'without a lead neither');

-- happy path: the times
select pg_temp.stamp('conversation', :'lead', '{"rent": "2026-01-02T00:00:00+00:00",
    "pets": "2026-01-05T00:00:00+00:00", "bedrooms": "2026-01-05T23:00:00+00:00"}'),
  pg_temp.stamp('user', :'user', '{"email": "2026-01-03T00:00:00+00:00"}');
update public.lead_sync_mapping set resman_read_at = '2026-01-04 00:00+00'
where id = :'mapping';
select is(pg_temp.time_of(:'lead', :'mapping', 'rent'), '2026-01-02 00:00+00',
  'of the conversation');
select is(pg_temp.time_of(:'lead', :'mapping', 'email'), '2026-01-03 00:00+00', 'and the user');
select is((pg_temp.evidence(:'lead', :'mapping') ->> 'resman_after')::timestamptz,
  '2026-01-04 00:00+00', 'and when ResMan was last read');
select pg_temp.given_conversation(:'user', :'property', '{"created_at": "2026-01-02"}')
  as follower \gset
select pg_temp.stamp('conversation', :'follower', '{"rent": "2026-01-06T00:00:00+00:00",
  "pets": "2026-01-04T00:00:00+00:00", "bedrooms": "2026-01-06T01:00:00+05:00"}');
select is(pg_temp.time_of(:'lead', :'mapping', 'rent'), '2026-01-02 00:00+00',
  'another conversation is no matter');
insert into lead_sync_private.follower (conversation_id, mapping_id)
values (:'follower', :'mapping');
select is(pg_temp.time_of(:'lead', :'mapping', 'rent'), '2026-01-06 00:00+00',
  'a follower''s is, where it is later');
select is(pg_temp.time_of(:'lead', :'mapping', 'pets'), '2026-01-05 00:00+00', 'not earlier');
select is(pg_temp.time_of(:'lead', :'mapping', 'bedrooms'), '2026-01-05 23:00+00',
  'whatever the time zone of the session that wrote it');
update public.conversation set user_id = pg_temp.given_user() where id = :'follower';
select is(pg_temp.time_of(:'lead', :'mapping', 'email'), null,
  'the user''s are those of the newest conversation');
update public.conversation set user_id = :'user' where id = :'follower';

-- happy path: how long ResMan has shown a value
create function pg_temp.given_conflict(p_lead uuid, p_field text, p_values jsonb default '{}')
returns uuid
language sql
as $$
  select pg_temp.given_row('lead_sync_conflicts', jsonb_build_object('conversation_id', p_lead,
    'conflict_type', 'data_conflict', 'conflict_field', p_field,
    'resman_value', '{"a": 2}'::jsonb, 'explanation',
    '{"resman_seen_at": "t2", "resman_after": "t1"}'::jsonb) || p_values)
$$;
update public.lead_sync_mapping set suppressed = '{"pets": {"side": "domiq", "resman": {"pets":
  []}, "at": "t4", "after": "t3", "why": "w"}}' where id = :'mapping';
select pg_temp.given_conflict(:'lead', 'rent') as rent,
  pg_temp.given_conflict(:'lead', 'phone', '{"resolution_status": "manual_review",
    "explanation": {"quarantine": true}}') as held,
  pg_temp.given_conflict(:'lead', null, '{"explanation": {"resman_seen_at": "t5"}}') as bare,
  pg_temp.given_conflict(:'lead', 'email', '{"resolution_status": "resolved",
    "explanation": {"quarantine": true}}') as email,
  pg_temp.given_conflict(:'other', 'name', '{"explanation": {"quarantine": true}}') \gset
select is(pg_temp.evidence(:'lead', :'mapping') -> 'resman_seen',
  '{"rent": {"value": {"a": 2}, "at": "t2", "after": "t1"}, "phone": {"value": {"a": 2}},
    "pets": {"value": {"pets": []}, "at": "t4", "after": "t3"}}',
  'in open conflicts of the conversation, and what was suppressed');
select is(pg_temp.evidence(:'lead', :'mapping') -> 'held', '["phone"]',
  'what went back and forth is held');
update public.lead_sync_conflicts set resolution_status = 'pending' where id = :'held';
select is(pg_temp.evidence(:'lead', :'mapping') -> 'held', '["phone"]', 'whoever is to decide');
update public.lead_sync_conflicts set resolution_status = 'auto_resolved' where id = :'held';
select is(pg_temp.evidence(:'lead', :'mapping') -> 'held', null, 'until that is decided');

-- happy path: what cannot be read
create function pg_temp.opaque(p_lead uuid, p_mapping uuid, p_set text) returns jsonb
language plpgsql
as $$
begin
  execute format('update public.conversation set %s where id = $1', p_set) using p_lead;
  return pg_temp.evidence(p_lead, p_mapping) -> 'opaque';
end
$$;
select is(pg_temp.opaque(:'follower', :'mapping', change), expected, change)
from (values
  ('status = ''odd''', '["status"]'::jsonb), ('status = '' Contacted ''', null),
  ('status = '' ''', null), ('status = null', null),
  ('apartment_size_preference = ''large''', '["bedrooms"]'),
  ('apartment_size_preference = ''a Studio''', null),
  ('apartment_size_preference = ''2 rooms''', null),
  ('apartment_size_preference = '' ''', null),
  ('apartment_size_preference = null, pet_details = ''"some"''', '["pets"]'),
  ('has_pets = false', null), ('has_pets = true, pet_details = ''["dog"]''', null),
  ('pet_details = ''null''', null),
  ('pet_details = ''{}''', null), ('pet_details = ''[]''', null),
  ('pet_details = null', null)) as v(change, expected);
select is(pg_temp.opaque(:'lead', :'mapping', 'status = ''odd'''), null,
  'of the newest conversation alone');

-- happy path: several companies
select pg_temp.given_conversation(:'user', pg_temp.given_property(p.company_id))
from public.property p where p.id = :'property';
select is(pg_temp.evidence(:'lead', :'mapping') -> 'spans', 'false',
  'another property of the company is none');
select pg_temp.given_conversation(:'user', pg_temp.given_property());
select is(pg_temp.evidence(:'lead', :'mapping') -> 'spans', 'true', 'another company''s is');
select is(pg_temp.evidence(:'other', null) -> 'spans', 'false', 'for that user alone');
update public.conversation set user_id = pg_temp.given_user() where id = :'follower';
select is(pg_temp.evidence(:'lead', :'mapping') -> 'spans', 'false',
  'the one of the newest conversation');

-- edges: a merge that needs none of that
create function pg_temp.named(p_lead uuid, p_mapping uuid, p_rules jsonb) returns text
language sql
as $$
  select string_agg(k, ' ' order by k)
  from jsonb_object_keys(lead_sync_private.gather_evidence(p_lead,
    (select m from public.lead_sync_mapping m where m.id = p_mapping), p_rules)) as k
$$;
select pg_temp.given_lead('{"status": "odd"}') as apart \gset
select pg_temp.given_mapping(:'apart', '{"resman_read_at": "2026-01-04T00:00:00Z"}') as link \gset
select pg_temp.given_conflict(:'apart', 'email');
update public.conversation set occupants_count = 9 where id = :'apart';
select is(pg_temp.named(:'apart', :'link', null),
  'domiq_times opaque open resman_after resman_before resman_seen spans', 'all is gathered');
select is(pg_temp.named(:'apart', :'link', '{"simple": false}'),
  'domiq_times opaque open resman_after resman_before resman_seen spans', 'as it may be needed');
select is(pg_temp.named(:'apart', :'link', '{"simple": true}'),
  'open resman_after resman_before resman_seen spans', 'what is open counts in any merge');

select * from finish();
rollback;
