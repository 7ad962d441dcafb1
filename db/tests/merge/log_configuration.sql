-- log_configuration: who changed what of a policy, a setting or an integration.
begin;
select plan(19);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.log_configuration'),
  'trigger | volatile definer | - | -', 'no role may call it');

select pg_temp.given_property() as property \gset
-- The log's newest line.
create function pg_temp.last() returns lead_sync_private.configuration_log
language sql
as $$ select l from lead_sync_private.configuration_log l order by l.id desc limit 1 $$;

-- happy path: a policy
insert into lead_sync_private.field_policy (property_id, field_group, policy)
values (:'property', 'rent', 'union');
select is(format('%s %s %s', l.what, l.old_value, l.new_value ->> 'policy'),
  'field_policy  union', 'set') from pg_temp.last() l;
select ok(l.property_id = :'property' and l.changed_by = session_user
  and l.changed_at between now() and clock_timestamp(), 'where, by whom, and when')
from pg_temp.last() l;
update lead_sync_private.field_policy set policy = 'domiq_wins' where property_id = :'property';
select is(format('%s %s', l.old_value ->> 'policy', l.new_value ->> 'policy'),
  'union domiq_wins', 'changed') from pg_temp.last() l;
delete from lead_sync_private.field_policy where property_id = :'property';
select is(format('%s %s %s', l.old_value ->> 'policy', l.new_value, l.property_id),
  'domiq_wins  ' || :'property', 'removed') from pg_temp.last() l;
update lead_sync_private.field_policy set policy = 'union'
where property_id is null and field_group is null;
select is(l.property_id, null, 'one for all has no property') from pg_temp.last() l;

-- happy path: a setting
select pg_temp.given_setting(:'property', 'country_code', '"44"');
select is(format('%s %s %s', l.what, l.property_id, l.new_value ->> 'value'),
  'property_setting ' || :'property' || ' 44', 'a setting') from pg_temp.last() l;

-- happy path: an integration, never with what is secret
select pg_temp.given_integration(:'property', '{"webhook_url": "https://example.com/key"}');
select is(l.new_value - array['sync_status', 'sync_direction', 'sync_frequency'],
  jsonb_build_object('resman_property_id', 'RM-' || left(:'property', 8), 'sync_enabled', true,
    'credentials_changed', true, 'webhook_changed', false), 'made') from pg_temp.last() l;
select ok(l.new_value ?& array['sync_status', 'sync_direction', 'sync_frequency'],
  'with its other columns') from pg_temp.last() l;
select is(l.old_value, null, 'of nothing') from pg_temp.last() l;
create function pg_temp.changed(p_set text) returns text
language plpgsql
as $$
begin
  execute 'update public.resman_integration set ' || p_set;
  return format('%s %s', l.new_value ->> 'credentials_changed',
    l.new_value ->> 'webhook_changed') from pg_temp.last() l;
end
$$;
select is(pg_temp.changed(change), expected, change)
from (values ('sync_enabled = false', 'false false'),
  ('api_credentials = api_credentials || ''{"kid": "other"}''', 'true false'),
  ('webhook_url = ''https://example.com/other''', 'false true')) as v(change, expected);
select is(format('%s %s', l.old_value -> 'sync_enabled', l.new_value -> 'sync_enabled'),
  'true false', 'from what to what') from lead_sync_private.configuration_log l
where l.what = 'resman_integration' and l.old_value -> 'sync_enabled' = 'true';
update public.resman_integration set last_sync_at = now();
select is(count(*), 4::bigint, 'what items write is not kept')
from lead_sync_private.configuration_log where what = 'resman_integration';
delete from public.resman_integration;
select is(format('%s %s', l.old_value ->> 'sync_enabled', coalesce(l.new_value::text, 'none')),
  'false none', 'removed') from pg_temp.last() l;
select is(l.property_id, :'property', 'and where') from pg_temp.last() l;
select is_empty($$select * from lead_sync_private.configuration_log
  where concat(old_value, new_value) ~ 'nonce|"ct"|example.com|"kid"'$$,
  'no credentials and no address');
select is_empty($$select * from lead_sync_private.configuration_log
  where old_value ? 'credentials_changed'$$, 'what was holds no word of change');

select * from finish();
rollback;
