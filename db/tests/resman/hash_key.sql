-- hash_key: the same event has the same key in every attempt.
begin;
select plan(8);
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.hash_key'), 'text | immutable | - | -',
  'no role may call it');

-- happy path: keys are in ResMan's comments, so they may never change
select is(lead_sync_private.hash_key('create', '00000000-0000-4000-8000-000000000001'),
  left(encode(sha256('create|00000000-0000-4000-8000-000000000001'), 'hex'), 8),
  'the first eight digits of the parts'' sha256');
select is(lead_sync_private.hash_key('a', null), left(encode(sha256('a|~'), 'hex'), 8),
  'a part that is null has a place');
select is(lead_sync_private.hash_key('ä'), left(encode(sha256('\xc3a4'), 'hex'), 8),
  'whatever the encoding, it is UTF-8 that counts');

-- edges
select isnt(lead_sync_private.hash_key('a', 'b'), lead_sync_private.hash_key('b', 'a'),
  'order counts');
select isnt(lead_sync_private.hash_key('a', 'b'), lead_sync_private.hash_key('ab'),
  'so does where a part ends');
select isnt(lead_sync_private.hash_key('a', null), lead_sync_private.hash_key('a'),
  'and how many there are');
select matches(lead_sync_private.hash_key(''), '^[0-9a-f]{8}$', 'even an empty one has a key');

select * from finish();
rollback;
