-- apply_pull: what ResMan changed is written to DomIQ's rows; what DomIQ refuses is told.
begin;
select plan(20);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.apply_pull'),
  'jsonb | volatile | enable_bitmapscan=off enable_hashjoin=off enable_mergejoin=off '
  'enable_seqscan=off jit=off | -',
  'no role may call it');

select pg_temp.given_lead('{"occupants_count": 2, "created_at": "2026-01-01"}') as lead,
  pg_temp.given_user('Bob', 'Ray', 'bob@example.com') as bob \gset
select user_id as "user" from public.conversation where id = :'lead' \gset
select pg_temp.given_mapping(:'lead') as mapping \gset
delete from public.lead_sync_queue;
create function pg_temp.pull(p_lead uuid, p_mapping uuid, p_groups jsonb) returns jsonb
language sql
as $$
  select lead_sync_private.apply_pull(p_lead, m,
    lead_sync_private.build_lead(p_lead, p_mapping), p_groups)
  from public.lead_sync_mapping m where m.id = p_mapping
$$;
-- How many items wait for the lead; then none.
create function pg_temp.queued(p_lead uuid) returns integer
language sql
as $$
  with gone as (delete from public.lead_sync_queue returning conversation_id)
  select count(*)::integer from gone where conversation_id = p_lead
$$;

-- happy path: both rows
select is(pg_temp.pull(:'lead', :'mapping', '{
  "name": {"first_name": "Anna", "last_name": "Lee"},
  "email": {"email": "anna@example.com"}, "phone": {"phone": "+13035550199"},
  "rent": {"rent_min": null, "rent_max": 1700}, "occupants": {"occupants": null}}'), '{}',
  'DomIQ takes it all');
select is(format('%s %s %s %s %s %s', u.first_name, u.last_name, u.email, u.phone,
    c.price_range_max, c.occupants_count), 'Anna Lee anna@example.com +13035550199 1700.00 ',
  'the user and the conversation are written')
from public.conversation c join public."user" u on u.id = c.user_id where c.id = :'lead';
select is(pg_temp.queued(:'lead'), 0, 'an echo queues nothing, of either row');
select is(current_setting('lead_sync.applying'), '', 'then capture listens again');
update public.conversation set occupants_count = 2 where id = :'lead';
select is(pg_temp.queued(:'lead'), 1, 'to an edit of the same transaction');

-- happy path: the newest conversation of the link
select pg_temp.given_conversation(:'user', pg_temp.property_of(:'lead'),
  '{"created_at": "2026-01-02"}') as follower \gset
insert into lead_sync_private.follower (conversation_id, mapping_id)
values (:'follower', :'mapping');
delete from public.lead_sync_queue;
select is(pg_temp.pull(:'lead', :'mapping', '{"rent": {"rent_max": 1800},
  "email": {"email": "ann@example.com"}}'), '{}', 'a pull of a lead that two conversations feed');
select results_eq(format('select price_range_max from public.conversation where user_id = %L
    order by created_at', :'user'), 'values (1700::numeric), (1800)',
  'the newest conversation is written, the others are not');
select is(count(*), 0::bigint, 'nothing waits') from public.lead_sync_queue;

-- edges: what DomIQ's own triggers make of it is a local change
create function pg_temp.grow() returns trigger
language plpgsql
as $$ begin new.occupants_count := 9; return new; end $$;
create trigger grow before update on public.conversation
  for each row execute function pg_temp.grow();
select pg_temp.pull(:'lead', :'mapping', '{"rent": {"rent_max": 1900}}');
select is(pg_temp.queued(:'follower'), 1, 'what a trigger adds is pushed');
drop trigger grow on public.conversation;

-- errors: what DomIQ refuses is a conflict, the rest is written
select is(pg_temp.pull(:'lead', :'mapping', '{"email": {"email": "bob@example.com"},
    "name": {"first_name": "Zoe"}, "occupants": {"occupants": -1},
    "rent": {"rent_max": 99999999999}, "bedrooms": {"bedrooms": 2}}'),
  '{"email": {"type": "duplicate_lead", "severity": "critical",
      "why": "the value belongs to another user in DomIQ"},
    "occupants": {"type": "field_mismatch", "severity": "medium",
      "why": "DomIQ does not take the value (23514)"},
    "rent": {"type": "field_mismatch", "severity": "medium",
      "why": "DomIQ does not take the value (22003)"}}', 'by group, and why');
select is(format('%s %s %s %s', u.first_name, c.apartment_size_preference, c.price_range_max,
    c.occupants_count), 'Zoe 2 bedroom 1900.00 9', 'the others are written')
from public.conversation c join public."user" u on u.id = c.user_id where c.id = :'follower';
select is(count(*), 0::bigint, 'as an echo too') from public.lead_sync_queue;
select is(current_setting('lead_sync.applying'), '', 'capture listens again');
create function pg_temp.refuse() returns trigger
language plpgsql
as $$ begin raise exception using errcode = tg_argv[0]; end $$;
create trigger refuse before update on public.conversation
  for each row execute function pg_temp.refuse('P0001');
select is(pg_temp.pull(:'lead', :'mapping', '{"rent": {"rent_max": 1},
  "name": {"first_name": "Eve"}}') #>> '{rent,why}', 'DomIQ does not take the value (P0001)',
  'what a trigger of DomIQ''s refuses');
select is(u.first_name, 'Eve', 'the user is written all the same')
from public."user" u where u.id = :'user';
drop trigger refuse on public.conversation;

-- errors: what is nobody's refusal
create trigger refuse before update on public.conversation
  for each row execute function pg_temp.refuse('55P03');
select throws_ok(format($$select pg_temp.pull(%L, %L, '{"rent": {"rent_max": 1}}')$$, :'lead',
  :'mapping'), '55P03', null, 'a lock that cannot be had is raised');
drop trigger refuse on public.conversation;
select throws_ok(format($$select lead_sync_private.apply_pull(null, null, '{}', %L)$$,
  '{"rent": {"rent_max": 1}}'), '55P03', null, 'without a conversation nothing can be locked');

-- effects
select is(format('%s %s', u.first_name, u.email), 'Bob bob@example.com',
  'no other user is touched') from public."user" u where u.id = :'bob';
select is(m.applied ->> 'xid', pg_current_xact_id()::text, 'the link keeps whose it was')
from public.lead_sync_mapping m where m.id = :'mapping';

select * from finish();
rollback;
