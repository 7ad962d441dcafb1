-- settle_time: how long to wait before looking for a save whose answer was lost.
begin;
select plan(5);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.settle_time'), 'interval | stable | - | -',
  'no role may call it');

-- happy path
select pg_temp.given_property() as property \gset
select is(lead_sync_private.settle_time(:'property'), interval '10 s',
  'by default ten seconds');
select pg_temp.given_setting(:'property', 'settle_time', '2.5');
select is(lead_sync_private.settle_time(:'property'), interval '2.5 s', 'or the setting');
update lead_sync_private.property_setting set value = '0';
select is(lead_sync_private.settle_time(:'property'), interval '0', 'which may be none');

-- edges
select is(lead_sync_private.settle_time(null), interval '10 s',
  'without a property the default');

select * from finish();
rollback;
