-- set_property_setting: what is taken, what is refused, and how a default comes back.
begin;
select plan(52);
\i db/tests/support/fixtures.psql

select pg_temp.given_property() as property \gset
select pg_temp.given_property() as other \gset
select pg_temp.given_property() as bare \gset
select pg_temp.given_integration(:'property');
select pg_temp.given_integration(:'other');

select is(lead_sync_private.get_setting(:'property', 'timeout_s'), '30', 'there is a default');
select lives_ok(format('select lead_sync.set_property_setting(%L, ''timeout_s'', ''12.5'')',
  :'property'), 'a setting is taken');
select is(lead_sync_private.get_setting(:'property', 'timeout_s'), '12.5', 'and holds');
select is(lead_sync_private.get_setting(:'other', 'timeout_s'), '30',
  'for that property alone');
select lead_sync.set_property_setting(:'property', 'timeout_s', '15');
select is(lead_sync_private.get_setting(:'property', 'timeout_s'), '15', 'it can be changed');
select lead_sync.set_property_setting(:'property', 'timeout_s', 'null');
select is(lead_sync_private.get_setting(:'property', 'timeout_s'), '30',
  'json null restores the default');
select lead_sync.set_property_setting(:'property', 'timeout_s', '15');
select lead_sync.set_property_setting(:'property', 'timeout_s', null);
select is_empty(format('select * from lead_sync_private.property_setting '
  'where property_id = %L', :'property'), 'so does null, and no row stays');
select lives_ok(format('select lead_sync.set_property_setting(%L, ''timeout_s'', ''null'')',
  :'property'), 'restoring a default twice is no error');

-- a default comes back by itself
select lead_sync.set_property_setting(:'property', 'timeout_s', '11');
select lead_sync.set_property_setting(:'property', 'update_delay', '12');
select lead_sync.set_property_setting(:'other', 'timeout_s', '13');
select lead_sync.set_property_setting(:'property', 'timeout_s', 'null');
select is(lead_sync_private.get_setting(:'property', 'update_delay'), '12',
  'restoring one default leaves the property''s other settings');
select is(lead_sync_private.get_setting(:'other', 'timeout_s'), '13',
  'and other properties'' settings of the name');
update lead_sync_private.property_setting set updated_at = '2020-01-01';
select lead_sync.set_property_setting(:'other', 'timeout_s', '14');
select is(count(*), 1::bigint, 'a change says when it was made')
from lead_sync_private.property_setting s
where s.updated_at between now() and clock_timestamp();
delete from lead_sync_private.property_setting;

-- values that fit
select lives_ok(format('select lead_sync.set_property_setting(%L, %L, %L)',
  :'property', n, v), format('taken: %s %s', n, v))
from (values ('eligibility', '"qualified"'), ('write_mode', '"shadow"'),
  ('default_source', '"Web"'), ('time_zone', '"America/Chicago"'), ('country_code', '"44"'),
  ('update_delay', '0'), ('update_delay', '3600'), ('timeout_s', '0.1'),
  ('pull_since', '"2026-01-31T12:00:00Z"'),
  ('pull_since', '"2026-01-31 12:00:00.5+05:30"')) as s(n, v);

-- values that do not
select throws_ok(format('select lead_sync.set_property_setting(%L, %L, %L)',
  :'other', n, v), 'LS001', null, format('refused: %s %s', n, left(v, 60)))
from (values ('eligibility', '"all"'), ('eligibility', '1'), ('write_mode', 'true'),
  ('default_source', '" "'), ('default_source', to_json(repeat('x', 201))::text),
  ('default_source', '["Web"]'), ('time_zone', '"Mars/Olympus"'), ('country_code', '"+1"'),
  ('country_code', '"0"'), ('country_code', '"1234"'), ('country_code', '1'),
  ('update_delay', '-1'), ('update_delay', '3601'), ('update_delay', '"5"'),
  ('timeout_s', '0'), ('timeout_s', '{}'), ('pull_since', '"yesterday"'),
  ('pull_since', '"infinity"'), ('pull_since', '"2026-01-31T12:00:00"'),
  ('pull_since', '"2026-02-30T12:00:00Z"'), ('pull_since', '5')) as s(n, v);
select is_empty(format('select * from lead_sync_private.property_setting '
  'where property_id = %L', :'other'), 'a refused value changes nothing');
select lead_sync.set_property_setting(:'other', 'update_delay', '7');
select throws_ok(format('select lead_sync.set_property_setting(%L, ''update_delay'', ''-7'')',
  :'other'), 'LS001', 'setting update_delay wants a number from 0 to 3600',
  'the message says what fits');
select is(lead_sync_private.get_setting(:'other', 'update_delay'), '7',
  'the value that stood stays');

-- names and properties
select throws_ok(format('select lead_sync.set_property_setting(%L, %s, ''1'')',
  :'property', n), 'LS001', 'unknown setting', 'unknown setting: ' || n)
from unnest(array['''unheard_of''', '''''', 'null']) as n;
select throws_ok(format('select lead_sync.set_property_setting(%s, ''timeout_s'', ''1'')', p),
  'LS003', 'property has no integration', name)
from (values (quote_literal(:'bare'), 'a property without an integration'),
  (quote_literal(gen_random_uuid()), 'a property that does not exist'),
  ('null', 'no property')) as v(p, name);
select throws_ok(format('select lead_sync.set_property_setting(%L, ''timeout_s'', ''null'')',
  :'bare'), 'LS003', null, 'restoring a default asks for an integration as well');

select * from finish();
rollback;
