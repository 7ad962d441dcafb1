-- found_leads: the leads that a conflict of identity found.
begin;
select plan(9);
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.found_leads'), 'text[] | immutable | - | -',
  'no role may call it');

select is(array(select unnest(lead_sync_private.found_leads(jsonb_populate_record(
    null::public.lead_sync_conflicts, jsonb_build_object('resman_value', value)))) order by 1),
  expected, label)
from (values
  ('[{"lead_id": "a"}, {"lead_id": "b"}]'::jsonb, '{a,b}'::text[], 'each of a list'),
  ('[{"lead_id": "a"}, {"lead_id": "a", "email": "x"}]', '{a}', 'once'),
  ('{"lead_id": "a"}', '{a}', 'the only one'),
  ('[{"lead_id": ""}, {"lead_id": null}, {"email": "x"}, 5]', '{}', 'what has no id is none'),
  ('[]', '{}', 'of none, none'), ('"a"', '{}', 'a text is none'), ('null', '{}', 'nor a blank'))
  as v(value, expected, label);
select is(lead_sync_private.found_leads(null), '{}', 'nor is no value');

select * from finish();
rollback;
