-- resolve_lost_reason: the default by its name, or the only one.
begin;
select plan(10);
\i db/tests/support/fixtures.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.resolve_lost_reason'),
  'jsonb | stable | enable_seqscan=off jit=off | -',
  'no role may call it');

select pg_temp.given_property() as property, pg_temp.given_property() as other \gset
select pg_temp.given_integration(:'property');
select lead_sync_private.store_lookup(:'other', 'lost_reason', '[{"id": "R9",
  "name": "Else"}]');
select lead_sync_private.store_lookup(:'property', 'source', '[{"id": "S1", "name": "Price"}]');

-- edges
select is(lead_sync_private.resolve_lost_reason(:'property'), null,
  'without a list there is none');
select lead_sync_private.store_lookup(:'property', 'lost_reason',
  '[{"id": "R1", "name": "Price"}, {"id": "R2", "name": "Old", "active": false}]');

-- happy path
select is(lead_sync_private.resolve_lost_reason(:'property'), '{"id": "R1", "name": "Price"}',
  'the only active one');
select lead_sync_private.store_lookup(:'property', 'lost_reason',
  '[{"id": "R1", "name": "Price"}, {"id": "R2", "name": "Old", "active": false},
    {"id": "R3", "name": " Moved Away "}, {"id": "R4", "name": "moved away"}]');
select is(lead_sync_private.resolve_lost_reason(:'property'), null,
  'of several none is guessed');
select lead_sync.set_property_setting(:'property', 'default_lost_reason', '" MOVED away "');
select is(lead_sync_private.resolve_lost_reason(:'property'),
  '{"id": "R3", "name": " Moved Away "}', 'the default, whatever its case and spaces');
select lead_sync.set_property_setting(:'property', 'default_lost_reason', '"Old"');
select is(lead_sync_private.resolve_lost_reason(:'property'), null, 'an inactive one is none');
select lead_sync.set_property_setting(:'property', 'default_lost_reason', '"Unheard"');
select is(lead_sync_private.resolve_lost_reason(:'property'), null, 'nor is an unknown one');
select lead_sync_private.store_lookup(:'property', 'lost_reason', '[{"id": "R1",
  "name": "Price"}]');
select is(lead_sync_private.resolve_lost_reason(:'property') ->> 'id', 'R1',
  'the only one is taken, whatever the default');
select is(lead_sync_private.resolve_lost_reason(:'other') ->> 'id', 'R9',
  'each property has its own');
select is(lead_sync_private.resolve_lost_reason(null), null, 'no property, no reason');

select * from finish();
rollback;
