-- matching_leads: of a search's answer, those that really have the value.
begin;
select plan(15);
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.matching_leads'), 'jsonb | stable | - | -',
  'no role may call it');

create function pg_temp.match(p_leads jsonb, p_field text, p_value text,
  p_country text default '1') returns text
language sql
as $$
  select coalesce(string_agg(l ->> 'lead_id', ' ' order by n), '')
  from jsonb_array_elements(
    lead_sync_private.matching_leads(p_leads, p_field, p_value, p_country))
    with ordinality as x(l, n)
$$;

-- happy path
select is(lead_sync_private.matching_leads('[{"lead_id": "L1", "email": " ANN@example.com ",
  "first_name": "Ann"}]', 'email', 'ann@example.com', '1'),
  '[{"lead_id": "L1", "email": " ANN@example.com ", "first_name": "Ann"}]',
  'a lead is returned as it came');
select is(pg_temp.match('[{"lead_id": "L2", "email": "ann@example.com"},
  {"lead_id": "L1", "email": "Ann@Example.com"}, {"lead_id": "L3",
    "email": "bob@example.com"}]',
  'email', 'ann@example.com'), 'L1 L2', 'those of the e-mail, whatever its case');
select is(pg_temp.match('[{"lead_id": "L1", "phone": "(303) 555-0101"},
  {"lead_id": "L2", "phone": "303-555-0102"}]', 'phone', '+13035550101'), 'L1',
  'those of the number, however it is written');
select is(pg_temp.match('[{"lead_id": "L1", "phone": "020 7946 0018"}]', 'phone',
  '+442079460018', '44'), 'L1', 'with the property''s country');

-- edges
select is(pg_temp.match('[{"lead_id": "L1", "email": "a"}, {"lead_id": "L1", "email": "a"}]',
  'email', 'a'), 'L1', 'each lead once');
select is(pg_temp.match(leads, 'email', 'a'), '', 'none: ' || leads::text)
from unnest(array['[]', '[{"email": "a"}]', '[{"lead_id": "", "email": "a"}]',
  '[{"lead_id": null, "email": "a"}]', '[{"lead_id": "L1"}]', '[{"lead_id": "L1",
    "email": null}]',
  '[{"lead_id": "L1", "email": "aa"}]']::jsonb[]) as leads;
select is(lead_sync_private.matching_leads('[]', 'email', 'a', '1'), '[]', 'none is a list');
select is(pg_temp.match('[{"lead_id": "L1", "email": null}]', 'email', null), '',
  'a blank is not looked for');

select * from finish();
rollback;
