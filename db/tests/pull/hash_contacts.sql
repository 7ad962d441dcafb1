-- hash_contacts: a lead's contacts under this installation's key.
begin;
select plan(9);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/pull.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.hash_contacts'), 'text[] | stable | - | -',
  'no role may call it');

select pg_temp.given_pulling() as property \gset
create function pg_temp.hashed(p_property uuid, p_values jsonb) returns text[]
language sql
as $$ select lead_sync_private.hash_contacts(p_property, p_values) $$;
create function pg_temp.digest(p_contact text) returns text
language sql
as $$
  select encode(sha256(h.secret || convert_to(p_contact, 'UTF8')), 'hex')
  from lead_sync_private.hash_secret h
$$;

-- happy path
select is(pg_temp.hashed(:'property', '{"email": "ann@example.com", "phone": "+13035550177"}'),
  array[pg_temp.digest('email:ann@example.com'), pg_temp.digest('phone:+13035550177')],
  'one for each contact');
select is(pg_temp.hashed(:'property', '{"email": " ANN@Example.com", "phone": "303-555-0177"}'),
  pg_temp.hashed(:'property', '{"email": "ann@example.com", "phone": "+13035550177"}'),
  'however they are written');

-- edges
select is(pg_temp.hashed(:'property', lead), array[]::text[], 'nothing of '
  || coalesce(lead::text, 'null'))
from unnest(array[null, '{}', '{"email": null, "phone": " "}']::jsonb[]) as lead;
select is(pg_temp.hashed(:'property', '{"phone": "303-555-0177"}'),
  array[pg_temp.digest('phone:+13035550177')], 'a phone alone');
select pg_temp.given_setting(:'property', 'country_code', '"44"');
select is(pg_temp.hashed(:'property', '{"phone": "020 7946 0018"}'),
  array[pg_temp.digest('phone:+442079460018')], 'with the property''s country');
update lead_sync_private.hash_secret set secret = '\x00';
select is(pg_temp.hashed(:'property', '{"email": "a"}'),
  array[encode(sha256('\x00'::bytea || convert_to('email:a', 'UTF8')), 'hex')],
  'another key, other hashes');

select * from finish();
rollback;
