-- get_setting: a property's setting, or its default.
begin;
select plan(8);
\i db/tests/support/fixtures.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.get_setting'), 'jsonb | stable | enable_seqscan=off | -',
  'no role may call it');

-- happy path
select pg_temp.given_property() as property, pg_temp.given_property() as other \gset
select is(lead_sync_private.get_setting(:'property', 'settle_time'), '10', 'the default');
insert into lead_sync_private.property_setting (property_id, name, value)
values (:'property', 'settle_time', '0'), (:'property', 'default_source', '"Web"');
select is(lead_sync_private.get_setting(:'property', 'settle_time'), '0',
  'the property''s own');
select is(lead_sync_private.get_setting(:'other', 'settle_time'), '10', 'and nobody else''s');

-- edges
select is(lead_sync_private.get_setting(null, 'settle_time'), '10', 'without a property');
select is(lead_sync_private.get_setting(:'other', 'default_source'), 'null',
  'one without a default is json null');
select is(lead_sync_private.get_setting(:'property', n), null,
  'unknown: ' || coalesce(n, 'null'))
from unnest(array['unheard_of', null]) as n;

select * from finish();
rollback;
