-- count_eligible: how many conversations a backfill would be about.
begin;
select plan(8);
\i db/tests/support/fixtures.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync.count_eligible'),
  'bigint | stable definer | - | lead_sync_service', 'services may call it');

-- happy path
select pg_temp.given_property() as property, pg_temp.given_property() as bare \gset
select pg_temp.given_integration(:'property');
select pg_temp.given_conversation(pg_temp.given_user(), :'property',
    '{"created_at": "2026-01-01T00:00:00Z"}') as old,
  pg_temp.given_conversation(pg_temp.given_user(), :'property',
    '{"created_at": "2026-02-01T00:00:00Z"}') as new,
  pg_temp.given_conversation(null, :'property') as chat,
  pg_temp.given_conversation(pg_temp.given_user(), :'bare') as elsewhere \gset
set local role lead_sync_service;
select is(lead_sync.count_eligible(:'property'), 2::bigint, 'all leads of the property');

-- edges
select is(lead_sync.count_eligible(:'property', '2026-02-01T00:00:00Z'), 1::bigint,
  'those begun since, that moment included');
select is(lead_sync.count_eligible(:'property', 'infinity'), 0::bigint, 'none after the last');
select is(lead_sync.count_eligible(:'bare'), 0::bigint, 'none without an integration');
select is(lead_sync.count_eligible(null), 0::bigint, 'nor without a property');
reset role;
select is(count(*), 2::bigint, 'a pending push does not matter') from public.lead_sync_queue
where status = 'pending';

-- effects
insert into public.lead_sync_mapping (conversation_id, resman_lead_id) values (:'old', 'L1');
select is(lead_sync.count_eligible(:'property'), 1::bigint, 'what is linked is not counted');

select * from finish();
rollback;
