-- is_entombed: whether a person, lead or conversation must not return.
begin;
select plan(18);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/pull.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.is_entombed'), 'boolean | stable | '
  'enable_seqscan=off plan_cache_mode=force_generic_plan | -',
  'no role may call it');

select pg_temp.given_pulling() as property, pg_temp.given_pulling() as elsewhere,
  gen_random_uuid() as lead \gset
create function pg_temp.entombed(p_property uuid, p_conversation uuid, p_lead text,
  p_values jsonb default null) returns boolean
language sql
as $$
  select lead_sync_private.is_entombed(p_property, p_conversation, p_lead, p_values)
$$;

-- edges
select is(pg_temp.entombed(:'property', :'lead', 'R1', pg_temp.shown()), false,
  'there is none');

-- happy path: by the lead, the conversation, the contacts
insert into lead_sync_private.tombstone (property_id, resman_lead_id, kind)
values (:'property', 'R1', 'deleted');
select is(pg_temp.entombed(:'property', null, 'R1'), true, 'the lead');
select is(pg_temp.entombed(:'property', null, 'R2'), false, 'not another lead');
select is(pg_temp.entombed(:'elsewhere', null, 'R1'), false, 'not at another property');
insert into lead_sync_private.tombstone (property_id, conversation_id, kind)
values (:'property', :'lead', 'suppressed');
select is(pg_temp.entombed(:'property', :'lead', null), true, 'the conversation');
select is(pg_temp.entombed(:'property', gen_random_uuid(), null), false, 'not another one');
insert into lead_sync_private.tombstone (property_id, contact_hashes, kind)
values (:'property', lead_sync_private.hash_contacts(:'property', pg_temp.shown()), 'erased');
select is(pg_temp.entombed(:'property', null, null, pg_temp.shown()), true, 'the person');
select is(pg_temp.entombed(:'property', null, null, pg_temp.shown('{"phone": null}')), true,
  'by the e-mail alone');
select is(pg_temp.entombed(:'property', null, null,
  pg_temp.shown('{"email": "else@example.com"}')), true, 'by the phone alone');
select is(pg_temp.entombed(:'property', null, null,
  '{"email": "else@example.com", "phone": null}'), false, 'not another person');
select is(pg_temp.entombed(:'elsewhere', null, null, pg_temp.shown()), false,
  'nor at another property');
select is(pg_temp.entombed(:'property', null, null), false, 'nobody is nobody');

-- edges: everywhere, and lifted
update lead_sync_private.tombstone set property_id = null;
select is(pg_temp.entombed(:'elsewhere', null, 'R1'), true, 'a lead everywhere');
select is(pg_temp.entombed(:'elsewhere', null, null, pg_temp.shown()), true,
  'a person everywhere');
update lead_sync_private.tombstone set lifted_at = now();
select is(pg_temp.entombed(:'property', null, 'R1'), false,
  'a lead whose tombstone was lifted');
select is(pg_temp.entombed(:'property', :'lead', null), false, 'a conversation');
select is(pg_temp.entombed(:'property', null, null, pg_temp.shown()), false, 'a person');

select * from finish();
rollback;
