-- unrefused_leads: the leads that a person has not said are somebody else's.
begin;
select plan(7);
\i db/tests/support/fixtures.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.unrefused_leads'),
  'jsonb | stable | enable_seqscan=off jit=off | -',
  'no role may call it');

select pg_temp.given_user() as "user", pg_temp.given_user() as other \gset
insert into lead_sync_private.identity_decision (user_id, resman_lead_id, same)
values (:'user', 'L1', false), (:'user', 'L2', true), (:'other', 'L3', false);

-- happy path
select is(lead_sync_private.unrefused_leads(:'user',
  '[{"lead_id": "L3"}, {"lead_id": "L1"}, {"lead_id": "L2", "email": "a"}]'),
  '[{"lead_id": "L3"}, {"lead_id": "L2", "email": "a"}]',
  'what was said of another user holds for that one');

-- edges
select is(lead_sync_private.unrefused_leads(:'user', l), '[]', 'none are left of ' || l::text)
from unnest(array['[{"lead_id": "L1"}]', '[]']::jsonb[]) as l;
select is(lead_sync_private.unrefused_leads(:'user', null), '[]', 'no list is an empty one');
select is(lead_sync_private.unrefused_leads(null, '[{"lead_id": "L1"}]'),
  '[{"lead_id": "L1"}]', 'of nobody nothing was said');
select is(lead_sync_private.unrefused_leads(:'user', '[{"email": "a"}]'), '[{"email": "a"}]',
  'nor of a lead without an id');

select * from finish();
rollback;
