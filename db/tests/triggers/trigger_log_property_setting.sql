-- trigger_log_property_setting: every change of a property's setting is kept.
begin;
select plan(3);
\i db/tests/support/fixtures.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.trigger_of('lead_sync_private.property_setting', 'trigger_log_property_setting'),
  'after insert delete update | row | - | lead_sync_private.log_configuration',
  'when it fires, and what it calls');

-- happy path
select pg_temp.given_property() as property \gset
select pg_temp.given_integration(:'property');
select lead_sync.set_property_setting(:'property', 'country_code', '"44"');
select lead_sync.set_property_setting(:'property', 'country_code', '"49"');
select lead_sync.set_property_setting(:'property', 'country_code', null);
select results_eq(format('select old_value ->> ''value'', new_value ->> ''value''
    from lead_sync_private.configuration_log
    where property_id = %L and what = ''property_setting''
      and coalesce(new_value, old_value) ->> ''name'' = ''country_code'' order by id', :'property'),
  $$values (null, '44'), ('44', '49'), ('49', null)$$, 'set, changed and removed');

-- effects: who did it is the login, whoever the code runs as
select is(array_agg(distinct changed_by), array[session_user::text], 'and who did it')
from lead_sync_private.configuration_log where property_id = :'property';

select * from finish();
rollback;
