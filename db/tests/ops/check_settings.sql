-- check_settings: settings that nobody uses, that do not fit, or name what ResMan does not have.
begin;
select plan(18);
\i db/tests/support/fixtures.psql
\i db/tests/support/checks.psql

select pg_temp.given_property() as property \gset
select pg_temp.given_property() as bare \gset
select pg_temp.given_integration(:'property');
select lead_sync.set_property_setting(:'property', n, v)
from (values ('time_zone', '"America/Chicago"'::jsonb), ('default_source', '"Web "'),
  ('default_agent', '"Lee@Example.com"'), ('default_lost_reason', '"Price"')) as s(n, v);
select is_empty('select * from pg_temp.findings()', 'lists that were never read prove nothing');

select lead_sync_private.store_lookup(:'property', 'source',
  '[{"id": "S1", "name": "web", "active": true}]');
select lead_sync_private.store_lookup(:'property', 'agent',
  '[{"id": "A1", "name": "Lee", "email": "lee@example.com"}]');
select lead_sync_private.store_lookup(:'property', 'lost_reason', '[{"id": "L1", "name": "price"}]');
select is_empty('select * from pg_temp.findings()',
  'names that ResMan has, in whatever case, and an agent by e-mail, are no finding');
select is_empty(format('select * from pg_temp.found_after(%L)',
  'update lead_sync_private.property_setting set value = ''"LEE"'' where name = ''default_agent'''),
  'nor is an agent by name');

-- what ResMan does not have
select results_eq(
  format('select f.check_name, f.severity, f.finding like %L from pg_temp.found_after(%L) f',
    format('%s of property %s is not in ResMan''s list of %s, read %%, or not active there', s.name,
      :'property', s.kind), s.break),
  $$values ('settings', 'warning', true)$$, s.break)
from (values
  ('default_source', 'source',
   'update lead_sync_private.property_setting set value = ''"Gone"'' where name = ''default_source'''),
  ('default_source', 'source', 'update lead_sync_private.lookup set active = false where kind = ''source'''),
  ('default_agent', 'agent', 'delete from lead_sync_private.lookup where kind = ''agent'''),
  ('default_lost_reason', 'lost_reason', 'delete from lead_sync_private.lookup where kind = ''lost_reason'''))
  as s(name, kind, break);
select is(count(*), 0::bigint, 'the value is not shown: it may be a person''s address')
from pg_temp.found_after('delete from lead_sync_private.lookup') f
where (f.finding || f.remedy) ~* 'example|web|price';
select is(count(*), 3::bigint, 'while all three are found')
from pg_temp.found_after('delete from lead_sync_private.lookup') f;

-- what does not fit
select results_eq(
  format('select f.severity, f.finding, f.remedy from pg_temp.found_after(%L) f',
    format('insert into lead_sync_private.property_setting (property_id, name, value) '
      'values (%L, ''timeout_s'', ''"soon"'')', :'property')),
  format($$values ('failed', 'setting timeout_s of property %s does not fit: it wants a number',
    'select lead_sync.set_property_setting(''%s'', ''timeout_s'', ''VALUE''), or null for the '
    'default')$$, :'property', :'property'), 'a value written by hand that does not fit');

-- settings without an integration
select results_eq(
  format('select f.severity, f.finding, f.remedy from pg_temp.found_after(%L) f',
    format('insert into lead_sync_private.property_setting (property_id, name, value) '
      'values (%1$L, ''timeout_s'', ''"soon"''), (%1$L, ''default_source'', ''"Web"'')', :'bare')),
  format($$values ('warning', 'property %1$s has settings (default_source, timeout_s) and no '
    'integration', 'delete from lead_sync_private.property_setting where property_id = ''%1$s''; '
    'or add the integration: leadsync integration add %1$s ...')$$, :'bare'),
  'settings that nobody uses: one finding a property');

-- no time zone
select results_eq(
  $$select f.severity, f.finding from pg_temp.found_after(
    'delete from lead_sync_private.property_setting where name = ''time_zone''') f$$,
  format($$values ('warning',
    'property %s has no time zone: its tours are taken to be in UTC')$$, :'property'),
  'no time zone');
select is_empty($$select * from pg_temp.found_after(
  'delete from lead_sync_private.property_setting where name = ''time_zone''; '
  'update public.resman_integration set sync_enabled = false')$$, 'nobody minds while it is off');
select is_empty($$select * from pg_temp.found_after(
  'update lead_sync_private.property_setting set value = ''"UTC"'' where name = ''time_zone''')$$,
  'UTC on purpose is fine');

-- the integration's own state
update public.resman_integration set sync_status = 'disconnected', status_reason = 'HTTP 401';
select results_eq(
  $$select f.check_name, f.severity, f.finding, f.remedy from pg_temp.findings() f$$,
  format($$values ('integrations', 'warning', 'property %1$s is disconnected: HTTP 401',
    'leadsync credentials set %1$s ...')$$, :'property'), 'a disconnected property');
update public.resman_integration set sync_status = 'error', status_reason = null;
select results_eq($$select f.finding, f.remedy from pg_temp.findings() f$$,
  format($$values ('property %1$s is error', 'leadsync integration test %1$s')$$, :'property'),
  'one in error');
update public.resman_integration set sync_status = 'paused';
select is_empty('select * from pg_temp.findings()', 'paused is a person''s decision');
update public.resman_integration set sync_status = 'error', sync_enabled = false;
select is_empty('select * from pg_temp.findings()', 'switched off, nobody minds');

select * from finish();
rollback;
