-- pull_start: from when on a property's next pull reads.
begin;
select plan(9);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/pull.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.pull_start'),
  'timestamp with time zone | stable | - | -', 'no role may call it');

select pg_temp.given_pulling('{"created_at": "2026-01-05T00:00:00Z"}') as property,
  pg_temp.given_property() as bare \gset

-- edges
select ok(lead_sync_private.pull_start(:'bare') between clock_timestamp() - interval '5 s'
  and clock_timestamp(), 'without an integration: now');

-- happy path
select is(lead_sync_private.pull_start(:'property'), '2026-01-05T00:00:00Z',
  'the first begins when the integration was made');
select pg_temp.given_setting(:'property', 'pull_since', '"2025-06-01T00:00:00Z"');
select is(lead_sync_private.pull_start(:'property'), '2025-06-01T00:00:00Z',
  'or at pull_since');
insert into lead_sync_private.pull_state (property_id, read_until)
values (:'property', '2026-02-01T00:10:00Z');
select is(lead_sync_private.pull_start(:'property'), '2026-02-01T00:08:00Z',
  'the next where the last came to, less the overlap');
select pg_temp.given_setting(:'property', 'pull_overlap', '600');
select is(lead_sync_private.pull_start(:'property'), '2026-02-01T00:00:00Z',
  'the property''s own');

-- edges: the clock has stepped back
update lead_sync_private.pull_state set read_until = now() + interval '1 hour';
select ok(lead_sync_private.pull_start(:'property') between now() - interval '2 days'
  and clock_timestamp() - interval '2 days', 'what was read ahead of the clock is read again');
update lead_sync_private.property_setting set value = to_jsonb(now() - interval '1 hour')
where property_id = :'property' and name = 'pull_since';
select is(lead_sync_private.pull_start(:'property'), now() - interval '1 hour',
  'but nothing from before the first');
update lead_sync_private.property_setting set value = to_jsonb(now() + interval '1 hour')
where property_id = :'property' and name = 'pull_since';
select ok(lead_sync_private.pull_start(:'property') between now() and clock_timestamp(),
  'and from now on where that lies ahead, too');

select * from finish();
rollback;
