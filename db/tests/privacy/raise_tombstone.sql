-- raise_tombstone: a person at a property who is not to come back.
begin;
select plan(6);
\i db/tests/support/fixtures.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.raise_tombstone'), 'bigint | volatile | - | -',
  'no role may call it');

select pg_temp.given_property() as property, gen_random_uuid() as lead \gset

-- happy path
select lead_sync_private.raise_tombstone(:'lead', :'property', 'R1',
  '{"email": "ANN@example.com", "phone": "303-555-0177"}', 'erased', 'asked for it') as stone \gset
select results_eq('select id, property_id, conversation_id, resman_lead_id, kind, reason,
    lifted_at is null from lead_sync_private.tombstone',
  format('values (%L::bigint, %L::uuid, %L::uuid, ''R1'', ''erased'', ''asked for it'', true)',
    :'stone', :'property', :'lead'), 'it stands');
select is(t.contact_hashes, lead_sync_private.hash_contacts(:'property',
  '{"email": "ann@example.com", "phone": "+13035550177"}'), 'with hashes of the contacts')
from lead_sync_private.tombstone t;
select is(t::text ~* 'ann|0177', false, 'and nothing that can be read')
from lead_sync_private.tombstone t;

-- edges
select lead_sync_private.raise_tombstone(null, null, null, null, 'deleted', repeat('x', 1001))
  as bare \gset
select is(cardinality(t.contact_hashes), 0, 'who has no contacts has no hashes')
from lead_sync_private.tombstone t where t.id = :bare;
select is(length(t.reason), 1000, 'a long reason is cut')
from lead_sync_private.tombstone t where t.id = :bare;

select * from finish();
rollback;
