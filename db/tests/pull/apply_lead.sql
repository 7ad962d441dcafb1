-- apply_lead: by its link, by the person that it is, or as a new conversation.
begin;
select plan(29);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/pull.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.apply_lead'),
  'jsonb | volatile | enable_seqscan=off jit=off | -',
  'no role may call it');

select pg_temp.given_pulling() as property, pg_temp.given_pulling() as elsewhere \gset
create function pg_temp.apply(p_property uuid, p_values jsonb default '{}',
  p_at timestamptz default clock_timestamp()) returns jsonb
language sql
as $$ select lead_sync_private.apply_lead(p_property, pg_temp.shown(p_values), p_at) $$;

-- happy path: a stranger
select pg_temp.apply(:'property') as made \gset
select is(:'made'::jsonb ->> 'outcome', 'created', 'a stranger is made');
select results_eq($$select c.id, m.mapping_status::text, m.property_id, u.first_name::text,
    u.email::text from public.lead_sync_mapping m
    join public.conversation c on c.id = m.conversation_id
    join public."user" u on u.id = c.user_id where m.resman_lead_id = 'R1'$$,
  format('values (%L::uuid, ''active'', %L::uuid, ''Ann'', ''ann@example.com'')',
    :'made'::jsonb ->> 'conversation_id', :'property'), 'user, conversation and link');

-- happy path: by its link
select is(pg_temp.apply(:'property') - 'conflict_ids', jsonb_build_object('outcome',
  'unchanged',
  'conversation_id', :'made'::jsonb -> 'conversation_id'), 'given twice it changes nothing');
select is(pg_temp.apply(:'property', '{"first_name": "Anna", "rent_max": 1500,
    "source": "Web"}') ->> 'outcome', 'updated', 'what moved in ResMan is taken');
select is(count(*), 0::bigint, 'and does not travel back') from public.lead_sync_queue;
select is(array_agg(u.first_name::text), array['Anna'], 'and written, to the same user')
from public."user" u where u.email = 'ann@example.com';
select pg_temp.apply(:'property', '{"first_name": "Anna", "rent_max": 1500, "gate": "4711"}');
select is(count(*), 0::bigint, 'what was pulled is not pushed back')
from public.lead_sync_queue where property_id = :'property';

-- happy path: the person is known
select pg_temp.given_conversation(pg_temp.given_user('Bob', 'Ray', 'bob@example.com', null),
  :'property') as bob \gset
select is(r ->> 'outcome' || ' ' || (r ->> 'conversation_id'), 'linked ' || :'bob',
  'a person that is known is linked')
from pg_temp.apply(:'property', '{"lead_id": "R2", "first_name": "Bob", "last_name": "Ray",
  "email": "BOB@example.com", "phone": null}') as r;

-- edges: nobody can tell who it is
select is(pg_temp.apply(:'property', '{"lead_id": "R3"}') ->> 'outcome', 'conflict',
  'a second lead of one person is a conflict');
select is(count(*), 1::bigint, 'that is kept') from public.lead_sync_conflicts
where resman_lead_id = 'R3' and conflict_type = 'duplicate_lead';

-- edges: not wanted
select is(pg_temp.apply(:'property', '{"lead_id": "R4", "email": "new@example.com",
  "phone": null, "status": "applicant"}') ->> 'outcome', 'suppressed', 'an applicant');
insert into lead_sync_private.tombstone (property_id, resman_lead_id, kind)
values (:'property', 'R5', 'erased'), (:'property', 'R1', 'suppressed');
select is(pg_temp.apply(:'property', '{"lead_id": "R5", "email": "new@example.com",
  "phone": null}'), '{"outcome": "suppressed", "why": "tombstone"}', 'one that was erased');
select is(pg_temp.apply(:'property', '{"first_name": "Zoe"}') ->> 'why', 'tombstone',
  'one that is linked too');
select is(count(*), 0::bigint, 'and it is not written') from public."user"
where first_name = 'Zoe' or email = 'new@example.com';
delete from lead_sync_private.tombstone;

-- edges: retired
select id as link from public.lead_sync_mapping where resman_lead_id = 'R1' \gset
select is(pg_temp.apply(:'elsewhere', '{"first_name": "Zoe"}') ->> 'why', 'retired',
  'a lead that another property has');
insert into lead_sync_private.lead_alias (resman_lead_id, mapping_id, kind)
values ('R0', :'link', 'merged');
select is(pg_temp.apply(:'property', '{"lead_id": "R0", "first_name": "Zoe"}'),
  '{"outcome": "unchanged", "why": "retired", "conversation_id": null}', 'an alias');
create function pg_temp.apply_as(p_property uuid, p_link uuid, p_status text) returns text
language plpgsql
as $$
begin
  update public.lead_sync_mapping set mapping_status = p_status where id = p_link;
  return pg_temp.apply(p_property, '{"first_name": "Zoe"}') ->> 'why';
end
$$;
select is(pg_temp.apply_as(:'property', :'link', status), 'retired',
  'a link that is ' || status)
from unnest(array['merged', 'inactive']) as status;
select is(count(*), 0::bigint, 'nothing of these is written') from public."user"
where first_name = 'Zoe';
select is(pg_temp.apply_as(:'property', :'link', 'deleted'), null, 'a deleted link is');
select is(m.mapping_status, 'active', 'back, for the lead is there after all')
from public.lead_sync_mapping m where m.id = :'link';

-- edges: in its order
select is(pg_temp.apply(:'property', '{"first_name": "Old"}', now() - interval '1 day')
  ->> 'code', 'stale', 'what was read earlier is out of date');
select is(u.first_name, 'Zoe', 'and not written') from public."user" u
where u.email = 'ann@example.com';
select is(pg_temp.apply(:'property', '{"first_name": "Old"}', now() + interval '1 day')
  ->> 'code', 'stale', 'nor what was read ahead of the clock, which has stepped back since');
update public.lead_sync_mapping set base_moved_at = now() + interval '1 day',
  resman_read_at = now() + interval '1 day' where id = :'link';
select is(pg_temp.apply(:'property', '{"first_name": "Lou"}') ->> 'code', 'stale',
  'a link that was read ahead of the clock is brought back');
select is(pg_temp.apply(:'property', '{"first_name": "Lou"}') ->> 'outcome', 'updated',
  'and what is read then is');
select is(u.first_name, 'Lou', 'written') from public."user" u
where u.email = 'ann@example.com';
select ok(m.base_moved_at <= clock_timestamp() and m.resman_read_at <= clock_timestamp(),
  'by the clock of now') from public.lead_sync_mapping m where m.id = :'link';

select * from finish();
rollback;
