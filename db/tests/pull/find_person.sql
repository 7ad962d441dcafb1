-- find_person: who in DomIQ a lead without a link is; nothing is guessed.
begin;
select plan(30);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/pull.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.find_person'),
  'jsonb | stable | enable_bitmapscan=off enable_hashjoin=off enable_mergejoin=off '
  'enable_seqscan=off jit=off | -',
  'no role may call it');

select pg_temp.given_pulling() as property, pg_temp.given_pulling() as elsewhere \gset
create function pg_temp.found(p_property uuid, p_values jsonb default '{}') returns jsonb
language sql
as $$ select lead_sync_private.find_person(p_property, pg_temp.shown(p_values)) $$;

-- edges: nobody has these contacts
select is(pg_temp.found(:'property'), '{"outcome": "create"}', 'a stranger is made');
select is(pg_temp.found(:'property', '{"status": null}'), '{"outcome": "create"}',
  'without a status too');
select is(pg_temp.found(:'property', jsonb_build_object('status', status)) ->> 'outcome',
  'suppressed', 'not imported: ' || status)
from unnest(array['applicant', 'current_resident']) as status;
select is(pg_temp.found(:'property', '{"email": " ", "phone": null}') ->> 'why',
  'no e-mail and no phone', 'one without contacts is not made');
select is(pg_temp.found(:'property', '{"email": null}') ->> 'outcome', 'create',
  'a phone is enough');
select is(pg_temp.found(:'property', '{"phone": null}') ->> 'outcome', 'create',
  'an e-mail is enough');

-- happy path: the user is known
select pg_temp.given_user('Ann', ' Lee ', 'Ann@Example.com', '303-555-0177') as ann \gset
select is(pg_temp.found(:'property'), jsonb_build_object('outcome', 'create', 'user_id',
  :'ann'),
  'a user without a conversation here gets one');
select is(pg_temp.found(:'property', '{"status": "applicant"}') ->> 'outcome', 'suppressed',
  'not as an applicant');
select is(pg_temp.found(:'property', '{"status": "current_resident"}') ->> 'outcome',
  'suppressed', 'nor as a resident');
select pg_temp.given_conversation(:'ann', :'property', '{"created_at": "2026-01-02"}') as newer,
  pg_temp.given_conversation(:'ann', :'property', '{"created_at": "2026-01-01"}') as older,
  pg_temp.given_conversation(:'ann', :'elsewhere', '{"created_at": "2026-01-03"}') as away \gset
select is(pg_temp.found(:'property'),
  jsonb_build_object('outcome', 'link', 'conversation_id', :'newer'),
  'the newest conversation at the property is linked');
select is(pg_temp.found(:'property', '{"status": "applicant"}') ->> 'outcome', 'link',
  'an applicant''s too');
select is(pg_temp.found(:'property', '{"last_name": "Other", "phone": null}') ->> 'outcome',
  'link', 'an equal e-mail outweighs a name');

-- edges: by the phone alone
select is(pg_temp.found(:'property', '{"email": null}') ->> 'conversation_id', :'newer',
  'the phone, where the lead shows no e-mail');
select is(pg_temp.found(:'property', '{"email": null, "last_name": " LEE "}') ->> 'outcome',
  'link', 'whatever the case of the name');
select is(pg_temp.found(:'property', '{"email": null, "last_name": null}') ->> 'outcome',
  'link', 'a lead without a name does not differ');
select is(pg_temp.found(:'property', more) - 'why',
  jsonb_build_object('outcome', 'conflict', 'user_id', :'ann'), 'not guessed: ' || more::text)
from unnest(array['{"email": null, "last_name": "Other"}',
  '{"email": "else@example.com"}']::jsonb[]) as more;
update public."user" set email = null where id = :'ann';
select is(pg_temp.found(:'property') ->> 'outcome', 'link',
  'the phone, where the user has no e-mail');
update public."user" set email = 'ann@example.com' where id = :'ann';

-- edges: linked already
select pg_temp.given_mapping(:'older') as mapping \gset
select is(pg_temp.found(:'property') - 'why', jsonb_build_object('outcome', 'conflict',
  'user_id', :'ann', 'conversation_id', :'older'), 'the person is another lead already');
select is(pg_temp.found(:'elsewhere') ->> 'conversation_id', :'away',
  'at another property that does not count');
update public.lead_sync_mapping set mapping_status = 'deleted' where id = :'mapping';
select is(pg_temp.found(:'property') ->> 'outcome', 'link', 'nor does a lead that is gone');
update public.lead_sync_mapping set conversation_id = :'newer' where id = :'mapping';
select is(pg_temp.found(:'property') ->> 'conversation_id', :'newer',
  'its conversation is linked anew');

-- edges: several users
select pg_temp.given_user('Ann', 'Lee', 'ANN@example.com', '(303) 555-0177') as twin \gset
select is(pg_temp.found(:'property') ->> 'why', 'several users in DomIQ have this e-mail',
  'two with the e-mail');
select is(pg_temp.found(:'property', '{"email": null}') ->> 'why',
  'several users in DomIQ have this phone', 'two with the phone');

select is((pg_temp.found(:'property') ->> 'user_id')::uuid in (:'ann', :'twin'), true,
  'one of them is named');

-- edges: a push may be making it
insert into lead_sync_private.create_intent (property_id, contact, conversation_id)
values (:'property', 'email:ann@example.com', :'newer'),
  (:'elsewhere', 'phone:+13035550177', :'away');
select is(pg_temp.found(:'property'), '{"outcome": "later", "code": "create_intent"}',
  'while a lead of the e-mail is being made');
select is(pg_temp.found(:'elsewhere') ->> 'outcome', 'later', 'or one of the phone');
select is(pg_temp.found(:'property', '{"email": "else@example.com"}') ->> 'outcome',
  'conflict', 'at that property alone');

select * from finish();
rollback;
