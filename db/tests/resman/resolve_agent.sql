-- resolve_agent: the primary manager's e-mail, then the default.
begin;
select plan(12);
\i db/tests/support/fixtures.psql

select pg_temp.given_property() as property \gset
select pg_temp.given_property() as other \gset
select pg_temp.given_integration(:'property');

select lead_sync_private.store_lookup(:'other', 'agent',
  '[{"id": "A9", "name": "Elsewhere", "email": "morgan@example.com"}]');
select lead_sync_private.store_lookup(:'property', 'source',
  '[{"id": "S1", "name": "Sam Desk"}]');
create function pg_temp.agents(p_property uuid, p_items jsonb) returns void
language sql
as $$
  select lead_sync_private.store_lookup(p_property, 'agent', p_items)
$$;

select is(lead_sync_private.resolve_agent(:'property'), null, 'without a list there is none');
select pg_temp.given_manager(:'property', 'Morgan@example.com') as manager \gset
select is(lead_sync_private.resolve_agent(:'property'), null, 'another property''s is none');
select pg_temp.agents(:'property', '[
  {"id": "A1", "name": "Morgan", "email": "MORGAN@Example.com"},
  {"id": "A2", "name": "Sam Desk", "email": "sam@example.com"}]');
select is(lead_sync_private.resolve_agent(:'property'), '{"id": "A1", "name": "Morgan"}',
  'the primary manager is found by e-mail, whatever its case');
select lead_sync.set_property_setting(:'property', 'default_agent', '"Sam Desk"');
select is(lead_sync_private.resolve_agent(:'property') ->> 'id', 'A1',
  'and goes before the default');
update public.property_manager_assignment set is_primary = false
where property_id = :'property';
select is(lead_sync_private.resolve_agent(:'property') ->> 'id', 'A2',
  'without a primary manager the default is taken');
select lead_sync.set_property_setting(:'property', 'default_agent', '" SAM@example.com "');
select is(lead_sync_private.resolve_agent(:'property') ->> 'id', 'A2',
  'by its e-mail as well');
select lead_sync.set_property_setting(:'property', 'default_agent', '"Nobody"');
select is(lead_sync_private.resolve_agent(:'property'), null, 'an unknown default is none');
select lead_sync.set_property_setting(:'property', 'default_agent', 'null');
select is(lead_sync_private.resolve_agent(:'property'), null, 'a lone agent is not guessed');
update public.property_manager_assignment set is_primary = true
where property_id = :'property';
select pg_temp.agents(:'property', '[{"id": "A1", "name": "Morgan", "active": false,
  "email": "morgan@example.com"}, {"id": "A2", "name": "Sam Desk"}]');
select is(lead_sync_private.resolve_agent(:'property'), null, 'an inactive one is none');
select lead_sync.set_property_setting(:'property', 'default_agent', '"sam desk"');
select is(lead_sync_private.resolve_agent(:'property') ->> 'id', 'A2',
  'then the default steps in');
select is(lead_sync_private.resolve_agent(gen_random_uuid()), null, 'no property, no agent');

-- the setting is read once, however many there are to compare with
insert into lead_sync_private.lookup (property_id, kind, id, name, email)
select :'property', 'agent', 'N' || n, 'Name ' || n, n || '@example.com'
from generate_series(1, 20) n;
set local track_functions = 'all';
select lead_sync_private.resolve_agent(:'property');
select is(f.calls, 1::bigint, 'default_agent is read once')
from pg_stat_xact_user_functions f
where f.funcid = 'lead_sync_private.get_setting(uuid, text)'::regprocedure;

select * from finish();
rollback;
