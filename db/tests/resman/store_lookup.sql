-- store_lookup: what is known of a property's sources, agents or reasons, as just read.
begin;
select plan(17);
\i db/tests/support/fixtures.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.store_lookup'),
  'void | volatile | enable_seqscan=off jit=off | -',
  'no role may call it');

select pg_temp.given_property() as property, pg_temp.given_property() as other \gset
create function pg_temp.stored(p_property uuid, p_kind text, p_items jsonb) returns text
language plpgsql
as $$
begin
  perform lead_sync_private.store_lookup(p_property, p_kind, p_items);
  return (select coalesce(string_agg(concat_ws(' ', l.id, l.name, l.email,
      case when l.active then 'active' end, case when l.online then 'online' end), ', '
      order by l.id), '')
    from lead_sync_private.lookup l where l.property_id = p_property and l.kind = p_kind);
end
$$;

-- happy path
select is(pg_temp.stored(:'property', 'agent', '[{"id": "A2", "name": "Sam",
  "email": "Sam@Example.com", "active": false, "online": false}, {"id": "A1", "name": "Ann"}]'),
  'A1 Ann active online, A2 Sam sam@example.com',
  'a list; what ResMan does not say is active and online');
select ok(f.fetched_at between now() and clock_timestamp(), 'and when it was read')
from lead_sync_private.lookup_fetch f where f.property_id = :'property' and f.kind = 'agent';
select is(pg_temp.stored(:'property', 'source', '[{"id": "A1", "name": "Web"}]'),
  'A1 Web active online', 'each kind by itself');
select is(pg_temp.stored(:'other', 'agent', '[{"id": "A1", "name": "Bob"}]'),
  'A1 Bob active online', 'each property by itself');

-- effects: a list replaces the one before
update lead_sync_private.lookup_fetch set fetched_at = '2020-01-01';
select is(pg_temp.stored(:'property', 'agent', '[{"id": "A2", "name": "Samuel",
  "email": "s@example.com", "active": true}, {"id": "A3", "name": "Zoe"}]'),
  'A2 Samuel s@example.com active online, A3 Zoe active online',
  'what is gone goes, what is new comes, what has changed is changed');
select is(pg_temp.stored(:'property', 'agent', '[{"id": "A2", "name": "Samuel",
  "email": "s@example.com", "active": true, "online": false},
  {"id": "A3", "name": "Zoe", "active": false}]'),
  'A2 Samuel s@example.com active, A3 Zoe online', 'each of its columns');
select is(count(*), 1::bigint, 'the time is that of the last')
from lead_sync_private.lookup_fetch f
where f.property_id = :'property' and f.kind = 'agent' and f.fetched_at >= now();
select is(f.fetched_at, '2020-01-01', 'other lists keep theirs')
from lead_sync_private.lookup_fetch f
where f.property_id = :'property' and f.kind = 'source';
select is(count(*), 1::bigint, 'and their rows') from lead_sync_private.lookup l
where l.property_id = :'property' and l.kind = 'source';
select is(count(*), 1::bigint, 'so do other properties') from lead_sync_private.lookup l
where l.property_id = :'other';

-- effects: rows that have not changed are not written
select xmin::text || ctid::text as was from lead_sync_private.lookup
where property_id = :'property' and kind = 'agent' and id = 'A3' \gset
select pg_temp.stored(:'property', 'agent', '[{"id": "A3", "name": "Zoe", "active": false}]');
select is(xmin::text || ctid::text, :'was', 'what is as it was is not written')
from lead_sync_private.lookup where property_id = :'property' and kind = 'agent';

-- edges
select is(pg_temp.stored(:'property', 'agent', '[{"id": "", "name": "x"}, {"name": "x"}, 7,
  null,
  "A9", {"id": 5, "name": null, "active": null, "email": null}]'), '5 active online',
  'what has no id is passed over; null is not said');
select is(pg_temp.stored(:'property', 'agent', '[{"id": "A1", "name": "One"},
  {"id": "A1", "name": "One"}]'), 'A1 One active online', 'one that comes twice is one');
select is(pg_temp.stored(:'property', 'agent', '[]'), '', 'an empty list forgets all');

-- errors
select throws_ok(format('select lead_sync_private.store_lookup(%L, ''colour'', ''[]'')',
  :'property'), '23514', null, 'refused: a kind that there is not');
select throws_ok('select lead_sync_private.store_lookup(gen_random_uuid(), ''agent'', ''[]'')',
  '23503', null, 'refused: a property that is gone');

select * from finish();
rollback;
