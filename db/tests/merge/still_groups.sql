-- still_groups: what a merge need not look at.
begin;
select plan(30);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.still_groups'), 'jsonb | immutable | - | -',
  'no role may call it');

select lead_sync_private.merge_rules(pg_temp.given_property()) as rules \gset
-- The groups of a lead of which these fields are known: still, silent and whether simple.
create function pg_temp.told(p_rules jsonb, p_domiq_base jsonb, p_resman_base jsonb,
  p_domiq jsonb, p_resman jsonb) returns text
language sql
as $$
  select concat_ws(' ', (select string_agg(n, ',' order by n)
      from jsonb_array_elements_text(s -> 'still') as n),
    'silent', jsonb_array_length(s -> 'silent'), s -> 'simple')
  from lead_sync_private.still_groups(p_rules, p_domiq_base, p_resman_base, p_domiq,
    p_resman) as s
$$;
select '{"email": "a", "rent_min": 1, "rent_max": null, "occupants": null}' as base,
  '{"email": "a", "rent_min": 1, "rent_max": null}' as shown \gset

-- happy path
select is(pg_temp.told(:'rules', :'base', :'shown', :'base', :'shown'),
  'email,occupants,rent silent 8 true', 'what both say as when they last agreed');
select is(pg_temp.told(:'rules', :'base', :'shown', '{}', '{}'),
  'email,occupants,rent silent 8 true', 'or do not say at all');
select is(pg_temp.told(:'rules', :'base', :'shown', :'base',
  :'shown'::jsonb || '{"lead_id": "L1", "events": [1]}'),
  'email,occupants,rent silent 8 true', 'what belongs to no group is no matter');
select is(pg_temp.told(:'rules', :'base', :'shown'::jsonb || '{"tour_at": null}', :'base',
    :'shown'::jsonb || blank), said, 'beside ' || blank::text)
from (values ('{"tour_at": null, "pets": []}'::jsonb, 'email,occupants,rent silent 8 true'),
  ('{"pets": null}', 'email,occupants,rent silent 8 true'),
  ('{"tour_at": "2027-01-01T10:00:00Z"}', 'email,occupants,rent silent 7 false'),
  ('{"pets": [{"type": "dog"}]}', 'email,occupants,rent silent 7 false')) as x(blank, said);
select is(pg_temp.told(:'rules', :'base', :'shown', :'base'::jsonb || '{"pets": []}',
    :'shown'::jsonb || '{"pets": []}'), 'email,occupants,rent silent 7 false',
  'where DomIQ says something it is looked at');
select is(pg_temp.told(:'rules', :'base'::jsonb || '{"pets": null}', :'shown', '{}',
    :'shown'::jsonb || '{"pets": []}'), 'email,occupants,rent silent 7 false',
  'or has said something');
select is(pg_temp.told(:'rules', :'base', :'shown'::jsonb || '{"pets": [{"type": "dog"}]}',
    :'base', :'shown'), 'email,occupants,rent silent 7 false', 'or ResMan has');
select is(pg_temp.told(:'rules', '{"status": "prospect"}', '{"status": "prospect"}',
    jsonb_build_object('status', stage), '{"status": "prospect"}'),
  said, 'DomIQ''s own word for a stage: ' || stage)
from (values ('Contacted', 'status silent 10 true'), ('lost', 'silent 10 false'))
  as x(stage, said);
select is(pg_temp.told(:'rules', :'base', :'shown', :'base', :'shown'::jsonb
    || '{"rent_max": 5}'),
  'email,occupants silent 8 true', 'one field moves its group');
select is(pg_temp.told(:'rules', :'base', :'shown', :'base'::jsonb || '{"rent_min": 5}',
    :'shown'),
  'email,occupants silent 8 true', 'on either side');
select is((lead_sync_private.still_groups(:'rules', b, b, b, jsonb_build_object(f, 2))
    -> 'simple')::boolean, simple, format('%s moves, simple: %s', f, simple))
from (values ('move_in_date', true), ('occupants', true), ('comment', true), ('tour_at', true),
    ('bedrooms', false)) as v(f, simple),
  jsonb_build_object(f, 1) as b;

-- edges
select is(pg_temp.told(:'rules', :'base', :'shown', :'base'::jsonb || '{"rent_min": 5}',
    :'shown'::jsonb || '{"rent_max": 5}'),
  'email,occupants silent 8 false', 'on both sides it may be a conflict');
select is(pg_temp.told(:'rules', :'base', :'shown', :'base', :'shown'::jsonb
    || '{"email": "b"}'),
  'occupants,rent silent 8 false', 'a contact asks for evidence');
select is(pg_temp.told(:'rules', :'base', :'shown', :'base', :'shown'::jsonb
    || '{"occupants": 2}'),
  'email,rent silent 8 false', 'so does what has no base on one side');
select is(pg_temp.told(:'rules', :'base'::jsonb || '{"occupants": 2}', :'shown',
    :'base'::jsonb || '{"occupants": 2}', :'shown'),
  'email,rent silent 8 false', 'and what ResMan has never shown of DomIQ''s');
select is(pg_temp.told(:'rules', '{}', '{}', '{}', '{}'), 'silent 11 true',
  'of nobody nothing is known');
select is(pg_temp.told(:'rules', '{}', '{}', null, '{}'), 'silent 0 false',
  'without a document all is looked at');
select is(pg_temp.told(:'rules'::jsonb || '{"rebase": true}', :'base', :'shown', :'base',
  :'shown'), 'silent 0 false', 'a base of older rules is looked at whole');

-- what is left out would have come to nothing
create temporary table tried as
with side as (
  select coalesce(o, '{}') || coalesce(r, '{}') as document
  from (values (null::jsonb), ('{"occupants": null}'), ('{"occupants": 1}'),
    ('{"occupants": 2}')) as occupants(o)
  cross join (values (null::jsonb), ('{"rent_min": null}'), ('{"rent_min": 1}'),
    ('{"rent_max": 1}')) as rent(r)
)
select row_number() over () as id, a.document as domiq_base, b.document as resman_base,
  c.document as domiq, d.document as resman
from side a, side b, side c, side d
where hashtext(concat(a, b, c, d)) % 8 = 0;
create temporary table compared as
select t.id, m.field_group, m.action, t.domiq_base, t.resman_base, m.result, m.resman, m.base,
  s -> 'still' ? m.field_group as still, s -> 'silent' ? m.field_group as silent,
  (s -> 'simple')::boolean as simple
from tried t
cross join lateral lead_sync_private.still_groups(:'rules', t.domiq_base, t.resman_base,
  t.domiq, t.resman) as s
cross join lateral lead_sync_private.merge_lead(:'rules', t.domiq_base, t.resman_base, t.domiq,
  t.resman) as m;
select set_eq('select action from compared where still', array['in_sync', 'converged'],
  'both agree on what is still');
select is_empty('select * from compared where still and action = ''converged'' and (base is not
  null or domiq_base || result <> domiq_base or resman_base || resman <> resman_base)',
  'and their base is that already');
select is_empty('select * from compared where silent and action <> ''skip'' or simple
  and action in (''conflict'', ''decided'')', 'what is silent is skipped, what is simple decided');

select * from finish();
rollback;
