-- check_lead: what is wrong with a lead from outside.
begin;
select plan(34);
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.check_lead'), 'text | stable | - | -',
  'no role may call it');

create function pg_temp.check(p_more jsonb) returns text
language sql
as $$ select lead_sync_private.check_lead('{"lead_id": "R1"}' || p_more) $$;

-- happy path
select is(lead_sync_private.check_lead('{"lead_id": "R1", "first_name": "Ann",
  "email": null, "status": "prospect", "move_in_date": "2026-02-01", "rent_min": 1200.5,
  "pets": [{"kind": "dog"}], "source": {"id": "S1"}, "events": [], "whatever": true,
  "observed_at": "2026-01-01T00:00:00.123Z"}'), null, 'a lead with all kinds of values');
select is(pg_temp.check(more), null, 'fits: ' || more::text)
from unnest(array['{}', '{"observed_at": "2026-01-01 00:00:00+01:00"}',
  '{"observed_at": "2026-01-01T00:00:00-0700"}', '{"rent_min": null}', '{"source": 5}',
  '{"lost_reason": "text"}']::jsonb[]) as more;
select is(lead_sync_private.check_lead(jsonb_build_object('lead_id', repeat('x', 100))), null,
  'an id of 100 characters');
select is(pg_temp.check(jsonb_build_object('comment', repeat('x', 100000))), null,
  'a text of 100000 characters');

-- edges
select is(lead_sync_private.check_lead(lead), 'lead is not an object', 'no lead: '
  || coalesce(lead::text, 'null'))
from unnest(array[null, '[]', '"R1"', 'null']::jsonb[]) as lead;
select is(lead_sync_private.check_lead(lead), 'lead has no lead_id', 'no id: ' || lead::text)
from unnest(array['{}', '{"lead_id": null}', '{"lead_id": 1}', '{"lead_id": " "}']::jsonb[])
  as lead;
select is(lead_sync_private.check_lead(jsonb_build_object('lead_id', repeat('x', 101))),
  'lead has no lead_id', 'an id of 101');
select is(pg_temp.check(jsonb_build_object('other', (
    select string_agg(md5(n::text), '') from generate_series(1, 60000) as n))),
  'lead is larger than 1 MiB', 'too large');
select is(pg_temp.check('{"events": {}}'), 'events are not a list', 'events');
select is(pg_temp.check(jsonb_build_object('comment', repeat('x', 100001))),
  'comment is not a text', 'a text of 100001 characters');
select is(pg_temp.check(jsonb_build_object(field, value)),
  format('%s is not a %s', field, normaliser), format('%s: %s', field, value))
from (values
  ('rent_min', 'number', '"1200"'::jsonb), ('pets', 'json', '{}'), ('first_name', 'text', '1'),
  ('email', 'email', '[]'), ('move_in_date', 'date', '"tomorrow"'),
  ('move_in_date', 'date', '"2026-01-01T00:00"'), ('move_in_date', 'date', '20260101'))
  as x(field, normaliser, value);
select is(pg_temp.check(jsonb_build_object('observed_at', value)),
  'observed_at is no time with its zone', 'observed_at: ' || value::text)
from unnest(array['null', '"2026-01-01T00:00:00"', '"infinity"', '"2026-13-01T00:00:00Z"',
  '5']::jsonb[]) as value;
select * from finish();
rollback;
