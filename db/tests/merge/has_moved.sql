-- has_moved: whether a side holds another value than a conflict shows.
begin;
select plan(14);
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.has_moved'), 'boolean | immutable | - | -',
  'no role may call it');

create function pg_temp.moved(p_domiq jsonb, p_resman jsonb, p_domiq_now jsonb,
  p_resman_now jsonb) returns boolean
language sql
as $$
  select lead_sync_private.has_moved(jsonb_populate_record(null::public.lead_sync_conflicts,
      jsonb_build_object('domiq_value', p_domiq, 'resman_value', p_resman)),
    jsonb_build_object('domiq', p_domiq_now, 'resman', p_resman_now, 'country', '1', 'group',
      '{"fields": [{"field": "a", "steps": ["trim", "lower"]},
        {"field": "phone", "steps": ["phone"]}]}'::jsonb))
$$;

select is(pg_temp.moved(d, r, dn, rn), expected,
  format('%s and %s, now %s and %s', d, r, dn, rn))
from (values
  ('{"a": "x"}'::jsonb, '{"a": "y"}'::jsonb, '{"a": "x"}'::jsonb, '{"a": "y"}'::jsonb, false),
  ('{"a": "x"}', '{"a": "y"}', '{"a": "z"}', '{"a": "y"}', true),
  ('{"a": "x"}', '{"a": "y"}', '{"a": "x"}', '{"a": "z"}', true),
  ('{"a": "x"}', '{"a": "y"}', '{"a": "y"}', '{"a": "x"}', true),
  ('{"a": "x"}', '{"a": "y"}', '{"a": null}', '{"a": "y"}', true),
  -- a blank is no value
  ('{"a": null}', '{}', '{}', '{"a": null}', false),
  ('{}', '{"a": null}', '{"a": null}', '{}', false),
  (null, '{"a": "y"}', '{}', '{"a": "y"}', false),
  ('{"a": "x"}', null, '{"a": "x"}', '{}', false),
  (null, null, '{"a": "x"}', '{}', true),
  -- as the rules of now compare
  ('{"a": " X"}', '{"a": "Y "}', '{"a": "x"}', '{"a": "y"}', false),
  ('{"phone": "3035550177"}', '{"phone": "(303) 555-0178"}', '{"phone": "+13035550177"}',
   '{"phone": "+13035550178"}', false),
  -- fields of another group are no matter
  ('{"a": "x", "b": 1}', '{"a": "y", "b": 2}', '{"a": "x"}', '{"a": "y"}', false)
) as v(d, r, dn, rn, expected);

select * from finish();
rollback;
