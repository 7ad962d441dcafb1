-- trigger_log_field_policy: every change of a policy is kept.
begin;
select plan(4);
\i db/tests/support/fixtures.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.trigger_of('lead_sync_private.field_policy', 'trigger_log_field_policy'),
  'after insert delete update | row | - | lead_sync_private.log_configuration',
  'when it fires, and what it calls');

-- happy path
select pg_temp.given_property() as property \gset
insert into lead_sync_private.field_policy (property_id, field_group, policy)
values (:'property', 'rent', 'union'), (:'property', 'pets', 'union');
update lead_sync_private.field_policy set policy = 'domiq_wins' where property_id = :'property';
delete from lead_sync_private.field_policy where property_id = :'property';
select results_eq(format('select coalesce(new_value, old_value) ->> ''field_group'',
    old_value ->> ''policy'', new_value ->> ''policy'', changed_by = session_user
    from lead_sync_private.configuration_log
    where property_id = %L and what = ''field_policy'' order by id', :'property'),
  $$values ('rent', null, 'union', true), ('pets', null, 'union', true),
    ('rent', 'union', 'domiq_wins', true), ('pets', 'union', 'domiq_wins', true),
    ('rent', 'domiq_wins', null, true), ('pets', 'domiq_wins', null, true)$$,
  'each row of a statement, as it was and is, and who did it');

-- edges: for all properties, and a statement that changes none
select count(*) as before from lead_sync_private.configuration_log \gset
update lead_sync_private.field_policy set policy = 'union' where false;
select is(count(*), :before::bigint, 'no row, nothing to keep')
from lead_sync_private.configuration_log;
insert into lead_sync_private.field_policy (field_group, policy) values ('tour', 'union');
select is(count(*), 1::bigint, 'a policy of all properties')
from lead_sync_private.configuration_log
where property_id is null and new_value ->> 'field_group' = 'tour';

select * from finish();
rollback;
