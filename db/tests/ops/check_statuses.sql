-- check_statuses: statuses in use that no row maps.
begin;
select plan(7);
\i db/tests/support/fixtures.psql
\i db/tests/support/checks.psql

select pg_temp.given_property() as property \gset
select pg_temp.given_property() as other \gset
select pg_temp.given_integration(:'property');
select lead_sync.set_property_setting(:'property', 'time_zone', '"America/Chicago"');
select pg_temp.given_conversation(pg_temp.given_user(), :'property',
  jsonb_build_object('status', s.domiq_status)) from lead_sync_private.lead_status s;
select pg_temp.given_conversation(pg_temp.given_user(), :'property', '{"status": null}');
select pg_temp.given_conversation(pg_temp.given_user(), :'other', '{"status": "of another"}');
select is_empty('select * from pg_temp.findings()',
  'mapped statuses, none, and those of properties that are not in step are no finding');

select pg_temp.given_conversation(pg_temp.given_user(), :'property',
  jsonb_build_object('status', s)) from unnest(array['completed', 'hot', 'hot', 'it''s']) s;
select results_eq(
  $$select f.check_name, f.severity, f.finding from pg_temp.findings() f order by f.finding$$,
  $$values ('statuses', 'warning', '1 conversations of properties in step have the status '
      '''completed'', which is never pushed, on purpose'),
    ('statuses', 'warning', '1 conversations of properties in step have the status ''it''''s'', '
      'which is not mapped: it is not pushed'),
    ('statuses', 'warning', '2 conversations of properties in step have the status ''hot'', which '
      'is not mapped: it is not pushed')$$, 'each is counted; closed and the like are on purpose');
select matches(f.remedy, '^nothing', 'nothing is to be done about completed')
from pg_temp.findings() f where f.finding ~ 'completed';
select is(f.remedy, 'insert into lead_sync_private.lead_status (domiq_status, stage, resman_type) '
  'values (''it''''s'', STAGE, TYPE), as the rows that are there', 'a row maps another')
from pg_temp.findings() f where f.finding ~ 'it''''s';
insert into lead_sync_private.lead_status (domiq_status, stage, resman_type)
values ('it''s', 'new', 'prospect'), ('hot', 'qualified', 'prospect'),
  ('completed', 'leased', 'current_resident');
select is_empty('select * from pg_temp.findings()', 'mapped, they are no finding');

select pg_temp.given_conversation(pg_temp.given_user(), :'property',
  jsonb_build_object('status', 's' || n)) from generate_series(1, 25) n;
select is(count(*), 20::bigint, 'twenty are enough') from pg_temp.findings();
update public.resman_integration set sync_enabled = false;
select is_empty('select * from pg_temp.findings()', 'switched off, nobody minds');

select * from finish();
rollback;
