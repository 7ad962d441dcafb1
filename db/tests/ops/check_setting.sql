-- check_setting: what is wrong with a value of a known setting.
begin;
select plan(52);
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.check_setting'), 'text | stable | - | -',
  'no role may call it');

-- happy path and edges, kind by kind
select is(lead_sync_private.check_setting(name, value), expected,
  format('%s %s', name, left(value::text, 60)))
from (values
  ('eligibility', '"contactable"'::jsonb, null), ('eligibility', '"qualified"', null),
  ('eligibility', '"all"', 'wants one of ["contactable", "qualified"]'),
  ('eligibility', '1', 'wants a text'), ('eligibility', '["qualified"]', 'wants a text'),
  ('eligibility', 'true', 'wants a text'),
  ('default_source', '"W"', null), ('default_source', to_jsonb(repeat('x', 200)), null),
  ('default_source', to_jsonb(repeat('x', 201)), 'wants a text of 1 to 200 characters'),
  ('default_source', '""', 'wants a text of 1 to 200 characters'),
  ('default_source', '"  "', 'wants a text of 1 to 200 characters'),
  ('time_zone', '"America/Chicago"', null), ('time_zone', '"UTC"', null),
  ('time_zone', '"Mars/Olympus"', 'wants a time zone such as America/Chicago'),
  ('time_zone', '"UTC; drop table x"', 'wants a time zone such as America/Chicago'),
  ('rate_limit', '0', null), ('rate_limit', '0.1', null), ('partner_rate_limit', '0.1', null),
  ('rate_limit', '0.09', 'wants 0 for no limit, or at least 0.1'),
  ('partner_rate_limit', '0.01', 'wants 0 for no limit, or at least 0.1'),
  ('country_code', '"1"', null), ('country_code', '"999"', null),
  ('country_code', '"0"', 'wants a country calling code: 1 to 3 digits'),
  ('country_code', '"1000"', 'wants a country calling code: 1 to 3 digits'),
  ('country_code', '"+1"', 'wants a country calling code: 1 to 3 digits'),
  ('default_agent', '"+1"', null),
  ('update_delay', '0', null), ('update_delay', '3600', null),
  ('update_delay', '-0.001', 'wants a number from 0 to 3600'),
  ('update_delay', '3600.001', 'wants a number from 0 to 3600'),
  ('update_delay', '"5"', 'wants a number'), ('update_delay', '{}', 'wants a number'),
  ('timeout_s', '0.1', null), ('timeout_s', '600', null),
  ('timeout_s', '0.09', 'wants a number from 0.1 to 600'),
  ('timeout_s', '1e9', 'wants a number from 0.1 to 600'),
  ('pull_since', '"2026-01-31T12:00:00Z"', null),
  ('pull_since', '"2026-01-31 12:00-06"', null),
  ('pull_since', '"2026-01-31T12:00:00.123456+05:30"', null),
  ('pull_since', '"2026-01-31T12:00:00"',
    'wants a time with its zone such as 2026-01-31T12:00:00Z'),
  ('pull_since', '"2026-02-30T12:00:00Z"',
   'wants a time with its zone such as 2026-01-31T12:00:00Z'),
  ('pull_since', '"2026-01-31"', 'wants a time with its zone such as 2026-01-31T12:00:00Z'),
  ('pull_since', '"infinity"', 'wants a time with its zone such as 2026-01-31T12:00:00Z'),
  ('pull_since', '"now"', 'wants a time with its zone such as 2026-01-31T12:00:00Z'),
  ('pull_since', '""', 'wants a time with its zone such as 2026-01-31T12:00:00Z'),
  ('pull_since', '5', 'wants a time')) as v(name, value, expected);

-- a switch: none of the settings is one yet, the table provides for it
insert into lead_sync_private.setting_definition
  (name, value_type, default_value, description, minimum)
values ('a_switch', 'boolean', 'true', 'test', null), ('a_number', 'number', '1', 'test', null);
select is(lead_sync_private.check_setting('a_switch', value), expected,
  'a switch: ' || value::text)
from (values ('true'::jsonb, null), ('false', null), ('"true"', 'wants a boolean'),
  ('1', 'wants a boolean')) as v(value, expected);
select is(lead_sync_private.check_setting('a_number', '-1e30'), null,
  'a number without bounds has none');

select * from finish();
rollback;
