-- merge_rules: all that a merge at a property goes by.
begin;
select plan(20);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.merge_rules'),
  'jsonb | stable | enable_bitmapscan=off enable_hashjoin=off enable_mergejoin=off '
  'enable_seqscan=off jit=off plan_cache_mode=force_generic_plan | -',
  'no role may call it');

select pg_temp.given_property() as property, pg_temp.given_property() as other \gset
select pg_temp.given_integration(:'property', '{"sync_direction": "from_resman"}');
create function pg_temp.rules(p_property uuid, p_base integer default null) returns jsonb
language sql
as $$ select lead_sync_private.merge_rules(p_property, p_base) $$;
create function pg_temp.group_of(p_name text, p_property uuid, p_base integer default null)
returns jsonb
language sql
as $$
  select g from jsonb_array_elements(pg_temp.rules(p_property, p_base) -> 'groups') as g
  where g ->> 'name' = p_name
$$;

-- happy path
select is(pg_temp.rules(:'property') - array['groups', 'group_of'],
  '{"version": 1, "rebase": false, "country": "1", "direction": "from_resman"}',
  'the property''s');
select is(jsonb_path_query_array(pg_temp.rules(:'property'), '$.groups[*].name'),
  '["name", "email", "phone", "status", "move_in_date", "rent", "bedrooms", "occupants", "pets",
    "comment", "tour"]', 'the groups that both sides hold, in order');
select is(pg_temp.rules(:'property') -> 'group_of', (
    select jsonb_object_agg(f ->> 'field', g -> 'name')
    from jsonb_array_elements(pg_temp.rules(:'property') -> 'groups') as g,
      jsonb_array_elements(g -> 'fields') as f), 'and which group a field belongs to');
select is(pg_temp.group_of('name', :'property'), '{"name": "name", "contact": true,
  "policy": "newest_wins", "allow_blank": false, "fields": [
    {"field": "first_name", "steps": ["trim"]}, {"field": "last_name", "steps": ["trim"]}]}',
  'a group: its fields in order, how they compare, and its policy');
select is(pg_temp.group_of('status', :'property') ->> 'policy', 'furthest_stage',
  'the policy of the group');
select is(pg_temp.group_of('status', :'property') -> 'contact', 'false', 'which is no contact');

-- edges: a property's own
select is(pg_temp.rules(:'other') ->> 'direction', 'bidirectional',
  'without an integration, both ways');
select is(pg_temp.rules(null) ->> 'direction', 'bidirectional', 'without a property too');
select pg_temp.given_setting(:'property', 'country_code', '"44"');
insert into lead_sync_private.field_policy (property_id, field_group, policy, allow_blank)
values (:'property', 'name', 'domiq_wins', true);
select is(concat_ws(' ', r ->> 'country', g ->> 'policy', g ->> 'allow_blank'), expected, label)
from (values (:'property'::uuid, '44 domiq_wins true', 'a setting and a policy'),
  (:'other', '1 newest_wins false', 'not of another property')) as v(property, expected, label),
  pg_temp.rules(v.property) as r, pg_temp.group_of('name', v.property) as g;

-- edges: rules of comparison that have changed
insert into lead_sync_private.normaliser (name, version, steps)
values ('email', 2, '{trim}'), ('text', 3, '{trim,spaces}');
select is(concat_ws(' ', r ->> 'version', r ->> 'rebase'), expected, label)
from (values (null, '3 false', 'without a base the newest count'),
  (3, '3 false', 'a base of the newest stands'),
  (2, '3 true', 'a base of the last but one is moved'),
  (1, '3 true', 'an older one too')) as v(base, expected, label),
  pg_temp.rules(:'property', v.base) as r;
select is(pg_temp.group_of(name, :'property', base) #> '{fields,0}', expected,
  format('%s, with a base of %s', name, base))
from (values
  ('email', 1, '{"field": "email", "steps": ["trim"], "base_steps": ["trim", "lower"]}'::jsonb),
  ('email', 2, '{"field": "email", "steps": ["trim"], "base_steps": ["trim"]}'),
  ('comment', 2, '{"field": "comment", "steps": ["trim", "spaces"], "base_steps": ["trim"]}'),
  ('comment', 3, '{"field": "comment", "steps": ["trim", "spaces"]}')
) as v(name, base, expected);
select is(pg_temp.group_of('comment', :'property') #> '{fields,0,base_steps}', null,
  'without a base there are no steps of then');

select * from finish();
rollback;
