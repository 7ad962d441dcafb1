-- lead_sync_private.lead: what eligible means, said once.
begin;
select plan(29);
\i db/tests/support/fixtures.psql

-- surface
select columns_are('lead_sync_private', 'lead',
  array['conversation_id', 'user_id', 'property_id', 'ineligible', 'created_at'],
    'its columns');
select table_privs_are('lead_sync_private', 'lead', role, array[]::text[],
  role || ' cannot read')
from unnest(array['public', 'lead_sync_runner', 'lead_sync_service',
  'lead_sync_monitor']) as role;

select pg_temp.given_property() as property \gset
select pg_temp.given_integration(:'property') as integration \gset
create function pg_temp.reason(p_user uuid, p_property uuid, p_values jsonb default '{}')
returns text
language plpgsql
as $$
declare
  v_lead uuid := pg_temp.given_conversation(p_user, p_property, p_values);
begin
  return (select coalesce(l.ineligible, 'eligible') from lead_sync_private.lead l
    where l.conversation_id = v_lead);
end
$$;

-- happy path
select pg_temp.given_user() as "user" \gset
select pg_temp.given_conversation(:'user', :'property') as lead \gset
select results_eq(format('select user_id, property_id, ineligible, created_at '
  'from lead_sync_private.lead where conversation_id = %L', :'lead'),
  format('values (%L::uuid, %L::uuid, null::text, now())', :'user', :'property'),
  'a lead, its user, its property');

-- edges: who can be reached
select is(pg_temp.reason(pg_temp.given_user(first, last, email, phone), :'property'), expected,
  concat_ws(', ', quote_literal(first), quote_literal(last), quote_nullable(email),
    quote_nullable(phone)))
from (values ('A', 'B', 'a@example.com', null, 'eligible'), ('A', 'B', null, '1', 'eligible'),
  ('A', 'B', null, null, 'no_contact'), ('A', 'B', ' ', null, 'no_contact'),
  ('A', 'B', '  ', ' ', 'no_contact'), ('', 'B', 'b@example.com', null, 'no_name'),
  (' ', 'B', 'c@example.com', null, 'no_name'), ('A', '', 'd@example.com', null, 'no_name'),
  ('A', ' ', 'e@example.com', null, 'no_name'), ('', '', null, null, 'no_contact'))
  as v(first, last, email, phone, expected);

-- edges: the property
select is(pg_temp.reason(null, :'property'), 'no_user', 'no user');
select is(pg_temp.reason(pg_temp.given_user(), :'property', '{"chatbot_id": null}'),
  'no_property', 'no chatbot');
select is(pg_temp.reason(pg_temp.given_user(), pg_temp.given_property()), 'no_integration',
  'no integration');
create function pg_temp.reason_when(p_property uuid, p_set text) returns text
language plpgsql
as $$
begin
  execute format('update public.resman_integration set %s where property_id = $1', p_set)
  using p_property;
  return pg_temp.reason(pg_temp.given_user(), p_property);
end
$$;
select is(pg_temp.reason_when(:'property', change), expected, change)
from (values ('sync_enabled = false', 'integration_disabled'),
  ('sync_enabled = null', 'integration_disabled'),
  ('sync_enabled = true, sync_direction = ''from_resman''', 'direction'),
  ('sync_direction = null', 'eligible'), ('sync_direction = ''to_resman''', 'eligible'),
  ('sync_status = ''paused''', 'eligible')) as v(change, expected);

-- edges: qualified ones alone
insert into lead_sync_private.property_setting (property_id, name, value)
values (:'property', 'eligibility', '"qualified"');
select is(array[pg_temp.reason(pg_temp.given_user(), :'property', '{"is_qualified": true}'),
  pg_temp.reason(pg_temp.given_user(), :'property', '{"is_qualified": false}'),
  pg_temp.reason(pg_temp.given_user(), :'property', '{"is_qualified": null}')],
  array['eligible', 'not_qualified', 'not_qualified'],
    'where the property wants qualified ones');
insert into lead_sync_private.property_setting (property_id, name, value)
values (:'property', 'timeout_s', '5'),
  (pg_temp.given_property(), 'eligibility', '"contactable"');
select is(pg_temp.reason(pg_temp.given_user(), :'property'), 'not_qualified',
  'other settings, and others'' settings, do not matter');
update lead_sync_private.property_setting set value = '"contactable"'
where name = 'eligibility';
select is(pg_temp.reason(pg_temp.given_user(), :'property'), 'eligible',
  'else all that can be reached');
update lead_sync_private.setting_definition set default_value = '"qualified"'
where name = 'eligibility';
delete from lead_sync_private.property_setting;
select is(pg_temp.reason(pg_temp.given_user(), :'property'), 'not_qualified', 'or the default');

select * from finish();
rollback;
