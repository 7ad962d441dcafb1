-- plan_identity: which ResMan lead a conversation without a link is.
begin;
select plan(40);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.plan_identity'),
  'jsonb | stable | enable_bitmapscan=off enable_hashjoin=off enable_mergejoin=off '
  'enable_seqscan=off jit=off | -',
  'no role may call it');

-- A lead of somebody with this e-mail and phone, and what is planned with this state.
create function pg_temp.given_person(p_email text, p_phone text) returns uuid
language plpgsql
as $$
declare
  v_lead uuid := pg_temp.given_lead();
begin
  update public."user" u set first_name = 'Ann', last_name = ' Lee ', email = p_email,
    phone = p_phone
  from public.conversation c where c.id = v_lead and u.id = c.user_id;
  return v_lead;
end
$$;
create function pg_temp.identity(p_lead uuid, p_state jsonb default '{}') returns jsonb
language sql
as $$
  select lead_sync_private.plan_identity(q, p_state) from pg_temp.item(p_lead) q
$$;
create function pg_temp.asks(p_lead uuid, p_state jsonb default '{}') returns text
language sql
as $$
  select concat_ws(' ', p #>> '{request,call}', p #>> '{request,by}', p #>> '{state,step}')
  from pg_temp.identity(p_lead, p_state) as p
$$;
create function pg_temp.searched(p_by text, p_value text, p_leads jsonb) returns jsonb
language sql
as $$
  select jsonb_build_object(p_by, jsonb_build_object('value', p_value, 'asked_at', 'then',
    'leads', p_leads))
$$;

-- happy path: the searches
select pg_temp.given_person('Ann@Example.com', '303 555 0177') as lead \gset
select is(pg_temp.asks(:'lead'), 'search_leads {"email": "ann@example.com"} email',
  'by e-mail first');
select is(pg_temp.asks(:'lead', pg_temp.searched('email', 'ann@example.com', '[]')),
  'search_leads {"phone": "+13035550177"} phone', 'then by phone');
select is(pg_temp.identity(:'lead', pg_temp.searched('email', 'ann@example.com', '[]')
  || pg_temp.searched('phone', '+13035550177', '[]')), jsonb_build_object('lead', null,
  'source', lead_sync_private.resolve_source(pg_temp.property_of(:'lead'), :'lead'),
  'agent', lead_sync_private.resolve_agent(pg_temp.property_of(:'lead'))),
  'none is none, and what a create needs is known');
select is(pg_temp.identity(:'lead', pg_temp.searched('email', 'ann@example.com',
  '[{"lead_id": "L1", "email": "ANN@example.com", "last_name": "Else"}]')),
  '{"lead": {"lead_id": "L1", "email": "ANN@example.com", "last_name": "Else"},
    "read_at": "then"}', 'one of the e-mail is it, whatever its name');
select is(pg_temp.asks(:'lead', pg_temp.searched('email', 'ann@example.com',
  '[{"lead_id": "L1", "email": "annette@example.com"}]')),
  'search_leads {"phone": "+13035550177"} phone', 'one of another e-mail is none');

-- what a create needs is found once an attempt
select is(pg_temp.identity(:'lead') #> '{state,create_with}', jsonb_build_object(
  'source', lead_sync_private.resolve_source(pg_temp.property_of(:'lead'), :'lead'),
  'agent', lead_sync_private.resolve_agent(pg_temp.property_of(:'lead'))),
  'it is kept beside the search by e-mail');
select is(pg_temp.identity(:'lead', '{"create_with": {"source": {"id": "S"},
  "agent": {"id": "A"}}}' || pg_temp.searched('email', 'ann@example.com', '[]'))
  #> '{state,create_with}', '{"source": {"id": "S"}, "agent": {"id": "A"}}',
  'and beside the one by phone');
select is(pg_temp.identity(:'lead', '{"create_with": {"source": {"id": "S"},
  "agent": {"id": "A"}}}' || pg_temp.searched('email', 'ann@example.com', '[]')
  || pg_temp.searched('phone', '+13035550177', '[]')),
  '{"lead": null, "source": {"id": "S"}, "agent": {"id": "A"}}', 'what is kept is used');
select is(pg_temp.identity(:'lead', '{"create_with": {"source": {"id": "S"}}}'
  || pg_temp.searched('email', 'ann@example.com', '[]')
  || pg_temp.searched('phone', '+13035550177', '[]')) -> 'agent',
  lead_sync_private.resolve_agent(pg_temp.property_of(:'lead')), 'the agent by itself');
select is(pg_temp.identity(:'lead', '{"create_with": {"agent": {"id": "A"}}}'
  || pg_temp.searched('email', 'ann@example.com', '[]')
  || pg_temp.searched('phone', '+13035550177', '[]')) -> 'source',
  lead_sync_private.resolve_source(pg_temp.property_of(:'lead'), :'lead'),
  'the source by itself');

-- edges: the values have changed since
select is(pg_temp.asks(:'lead', pg_temp.searched('email', 'old@example.com', '[]')
  || pg_temp.searched('phone', '+13035550177', '[]')),
  'search_leads {"email": "ann@example.com"} email',
    'an e-mail that changed is searched again');
select is(pg_temp.identity(:'lead', pg_temp.searched('email', 'old@example.com', '[]')
  || pg_temp.searched('phone', '+13035550177', '[]')) -> 'state' ? 'phone', false,
  'and what the phone found is forgotten');
select is(pg_temp.asks(:'lead', pg_temp.searched('email', 'ann@example.com', '[]')
  || pg_temp.searched('phone', '+13035550999', '[]')),
  'search_leads {"phone": "+13035550177"} phone', 'so is a phone');

-- edges: several
select is(pg_temp.identity(:'lead', pg_temp.searched('email', 'ann@example.com',
  '[{"lead_id": "L1", "email": "ann@example.com"}, {"lead_id": "L2",
    "email": "ann@example.com"}]')),
  '{"ambiguous": "2 leads in ResMan have this email", "leads": [
    {"lead_id": "L1", "email": "ann@example.com"}, {"lead_id": "L2",
      "email": "ann@example.com"}]}',
  'of two none is guessed');

-- edges: by phone alone
create function pg_temp.by_phone(p_lead uuid, p_found jsonb) returns jsonb
language sql
as $$
  select pg_temp.identity(p_lead, pg_temp.searched('email', 'ann@example.com', '[]')
    || pg_temp.searched('phone', '+13035550177', jsonb_build_array(
      '{"lead_id": "L1", "phone": "3035550177"}' || p_found)))
$$;
select is(pg_temp.by_phone(:'lead', found) #>> '{lead,lead_id}', 'L1', 'it is: ' || found::text)
from unnest(array['{}', '{"email": null}', '{"email": " "}', '{"last_name": "LEE"}',
  '{"last_name": ""}', '{"last_name": null, "first_name": "Bob"}',
  '{"email": "Ann@example.com", "last_name": " lee "}']::jsonb[]) as found;
select is(pg_temp.by_phone(:'lead', found) ->> 'ambiguous',
  'a lead in ResMan has this phone, with another e-mail or last name',
  'may be somebody else: ' || found::text)
from unnest(array['{"email": "bob@example.com"}', '{"last_name": "Smith"}',
  '{"email": "bob@example.com", "last_name": "Lee"}']::jsonb[]) as found;
select is(pg_temp.by_phone(:'lead', '{"last_name": "Smith"}') #>> '{leads,0,lead_id}', 'L1',
  'and is shown');
select is(pg_temp.by_phone(:'lead', '{}') ->> 'read_at', 'then',
  'the time is that of the search');

-- edges: one contact alone
select pg_temp.given_person(null, '303 555 0178') as caller \gset
select is(pg_temp.asks(:'caller'), 'search_leads {"phone": "+13035550178"} phone',
  'without an e-mail the phone is asked for at once');
select is(pg_temp.identity(:'caller', pg_temp.searched('phone', '+13035550178',
  '[{"lead_id": "L1", "phone": "3035550178", "email": "who@example.com"}]')) ? 'ambiguous',
    true,
  'a lead with an e-mail may be somebody else''s then');
select pg_temp.given_person('solo@example.com', null) as writer \gset
select is(pg_temp.identity(:'writer', pg_temp.searched('email', 'solo@example.com', '[]')) -> 'lead',
  'null', 'without a phone the e-mail is all');

-- edges: a lead that is linked already
select pg_temp.given_lead() as other \gset
select pg_temp.given_mapping(:'other', '{"resman_lead_id": "L1"}') as mapping \gset
select is(pg_temp.identity(:'lead', pg_temp.searched('email', 'ann@example.com',
  '[{"lead_id": "L1", "email": "ann@example.com"}]')),
  '{"ambiguous": "the lead in ResMan belongs to another conversation''s user",
    "leads": [{"lead_id": "L1", "email": "ann@example.com"}]}', 'to somebody else');
update public.lead_sync_mapping set conversation_id = null where id = :'mapping';
select is(pg_temp.identity(:'lead', pg_temp.searched('email', 'ann@example.com',
  '[{"lead_id": "L1", "email": "ann@example.com"}]')) ? 'ambiguous', true, 'or to nobody');
update public.lead_sync_mapping set conversation_id = :'lead' where id = :'mapping';
select is(pg_temp.identity(:'lead', pg_temp.searched('email', 'ann@example.com',
  '[{"lead_id": "L1", "email": "ann@example.com"}]')) #>> '{lead,lead_id}', 'L1',
  'not so to the conversation itself');

-- edges: what a create needs
select pg_temp.property_of(:'lead') as property \gset
delete from lead_sync_private.lookup where property_id = :'property' and kind = 'agent';
select is(pg_temp.asks(:'lead'), 'list_agents agent', 'agents are asked for before the lead');
select is(pg_temp.identity(:'lead', '{"agent": true}') - 'message',
  '{"end": "rejected", "code": "no_agent"}', 'once');
select matches(pg_temp.identity(:'lead', '{"agent": true}') ->> 'message', 'default_agent',
  'then it is said what is missing');
delete from lead_sync_private.lookup where property_id = :'property';
select is(pg_temp.asks(:'lead'), 'list_sources source', 'sources are asked for first');
select is(pg_temp.identity(:'lead', '{"source": true}') - 'message',
  '{"end": "rejected", "code": "no_source"}', 'once');
select matches(pg_temp.identity(:'lead', '{"source": true}') ->> 'message', 'default_source',
  'then it is said what is missing');

-- effects
select is(q.state, '{}', 'the item is not written') from pg_temp.item(:'lead') q;

select * from finish();
rollback;
