-- resolve_source: the conversation's source, the user's, the default, the only one online.
begin;
select plan(15);
\i db/tests/support/fixtures.psql

select pg_temp.given_property() as property \gset
select pg_temp.given_property() as other \gset
select pg_temp.given_integration(:'property');
select pg_temp.given_user() as "user" \gset
select pg_temp.given_conversation(:'user', :'property') as lead \gset

create function pg_temp.sources(p_property uuid, p_items jsonb) returns void
language sql
as $$
  select lead_sync_private.store_lookup(p_property, 'source', p_items)
$$;
-- What is found for the conversation when it and its user name these sources.
create function pg_temp.found(p_lead uuid, p_source text, p_lead_source text) returns text
language plpgsql
as $$
declare
  v_property uuid;
begin
  update public.conversation c set source = p_source where c.id = p_lead;
  update public."user" u set lead_source = p_lead_source
  from public.conversation c where c.id = p_lead and u.id = c.user_id;
  select b.property_id into v_property from public.conversation c
  join public.chatbot b on b.id = c.chatbot_id where c.id = p_lead;
  return lead_sync_private.resolve_source(v_property, p_lead) ->> 'id';
end
$$;

select is(pg_temp.found(:'lead', 'Web', 'Web'), null, 'without a list there is none');
select pg_temp.sources(:'property', '[
  {"id": "S1", "name": "Web"}, {"id": "S2", "name": "Walk-in"},
  {"id": "S3", "name": "Sign", "active": false}, {"id": "S4", "name": "Flyer"}]');
select pg_temp.sources(:'other', '[{"id": "S9", "name": "Radio"}]');
select pg_temp.found(:'lead', 'Web', 'Walk-in');
select is(lead_sync_private.resolve_source(:'property', :'lead'), '{"id": "S1", "name": "Web"}',
  'the conversation''s source goes first, with its name in ResMan');
select is(pg_temp.found(:'lead', ' wEB ', null), 'S1', 'case and spaces do not count');
select is(pg_temp.found(:'lead', null, 'walk-in'), 'S2', 'then the user''s');
select is(pg_temp.found(:'lead', '  ', 'Walk-in'), 'S2', 'also behind a blank one');
select is(pg_temp.found(:'lead', 'Unheard', 'Walk-in'), 'S2', 'and one ResMan does not know');
select is(pg_temp.found(:'lead', 'Sign', null), null, 'an inactive source is none');
select is(pg_temp.found(:'lead', 'Radio', null), null, 'nor is another property''s');
select is(pg_temp.found(:'lead', null, null), null, 'of several online none is guessed');
select lead_sync.set_property_setting(:'property', 'default_source', '"flyer"');
select is(pg_temp.found(:'lead', 'Unheard', null), 'S4', 'then the default');
select is(pg_temp.found(:'lead', null, 'Walk-in'), 'S2',
  'the default comes behind the user''s');
select lead_sync.set_property_setting(:'property', 'default_source', 'null');
select pg_temp.sources(:'property', '[{"id": "S1", "name": "Web", "online": true},
  {"id": "S2", "name": "Walk-in", "online": false},
  {"id": "S3", "name": "Sign", "active": false}]');
select is(pg_temp.found(:'lead', 'Unheard', null), 'S1', 'last the only active one online');
select is(pg_temp.found(:'lead', 'Walk-in', null), 'S2', 'an offline one can be named');
select is(lead_sync_private.resolve_source(:'property', gen_random_uuid()) ->> 'id', 'S1',
  'a conversation that is gone names none');

-- the setting is read once, however many there are to compare with
insert into lead_sync_private.lookup (property_id, kind, id, name, email)
select :'property', 'source', 'N' || n, 'Name ' || n, n || '@example.com'
from generate_series(1, 20) n;
set local track_functions = 'all';
select lead_sync_private.resolve_source(:'property', :'lead');
select is(f.calls, 1::bigint, 'default_source is read once')
from pg_stat_xact_user_functions f
where f.funcid = 'lead_sync_private.get_setting(uuid, text)'::regprocedure;

select * from finish();
rollback;
