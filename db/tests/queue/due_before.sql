-- due_before: before which time an item must have been queued to be due now.
begin;
select plan(11);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.due_before'),
  'timestamp with time zone | stable | - | -', 'no role may call it');

-- happy path and edges
select pg_temp.given_property() as utc, pg_temp.given_property() as denver \gset
select pg_temp.given_setting(:'denver', 'time_zone', '"America/Denver"');
select is(lead_sync_private.due_before(frequency, property, at), expected,
  format('%s at %s', coalesce(frequency, 'without a frequency'), at))
from (values
  ('realtime', :'utc'::uuid, timestamptz '2027-03-01 10:59:59.9Z', timestamptz 'infinity'),
  (null, :'utc', '2027-03-01 10:59:59.9Z', 'infinity'),
  ('hourly', :'utc', '2027-03-01 10:59:59.9Z', '2027-03-01 10:00Z'),
  ('hourly', :'utc', '2027-03-01 11:00Z', '2027-03-01 11:00Z'),
  ('daily', :'utc', '2027-03-01 23:59:59.9Z', '2027-03-01 00:00Z'),
  ('daily', :'utc', '2027-03-02 00:00Z', '2027-03-02 00:00Z'),
  ('daily', :'denver', '2027-03-01 06:59:59Z', '2027-02-28 07:00Z'),
  ('daily', :'denver', '2027-03-01 07:00Z', '2027-03-01 07:00Z'),
  ('daily', :'denver', '2027-03-15 06:00Z', '2027-03-15 06:00Z'),
  ('daily', null, '2027-03-01 10:00Z', '2027-03-01 00:00Z')
) as v(frequency, property, at, expected);

select * from finish();
rollback;
