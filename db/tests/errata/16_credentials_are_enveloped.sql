-- The specification's api_credentials is called encrypted, and nothing encrypts.
begin;
\i db/tests/support/fixtures.psql
select plan(22);

create function pg_temp.try_credentials(p_credentials jsonb) returns uuid
language sql
as $$
  select pg_temp.given_integration(pg_temp.given_property(),
    jsonb_build_object('api_credentials', p_credentials))
$$;

select lives_ok($$select pg_temp.try_credentials(pg_temp.given_envelope())$$,
  'an envelope is taken');
select throws_ok(format('select pg_temp.try_credentials(%L)', c.value), '23514', null,
  format('refused: %s', c.what))
from (values
  ('clear text', '{"integration_partner_id": "p", "api_key": "k", "account_id": "a"}'),
  ('an empty object', '{}'),
  ('text', '"secret"'),
  ('an array', '["v", "kid", "nonce", "ct"]'),
  ('another version', '{"v": 2, "kid": "k", "nonce": "n", "ct": "c"}'),
  ('the version as text', '{"v": "1", "kid": "k", "nonce": "n", "ct": "c"}'),
  ('no version', '{"kid": "k", "nonce": "n", "ct": "c"}'),
  ('no key id', '{"v": 1, "nonce": "n", "ct": "c"}'),
  ('a key too many', '{"v": 1, "kid": "k", "nonce": "n", "ct": "c", "api_key": "k"}'),
  ('ct an object', '{"v": 1, "kid": "k", "nonce": "n", "ct": {"api_key": "k"}}'),
  ('nonce null', '{"v": 1, "kid": "k", "nonce": null, "ct": "c"}'),
  ('an empty kid', '{"v": 1, "kid": "", "nonce": "AAAA", "ct": "AAAA"}'),
  ('a kid that is no name', '{"v": 1, "kid": "a b", "nonce": "AAAA", "ct": "AAAA"}'),
  ('a kid too long',
   jsonb_build_object('v', 1, 'kid', repeat('k', 65), 'nonce', 'AAAA', 'ct', 'AAAA')::text),
  ('an empty nonce', '{"v": 1, "kid": "k", "nonce": "", "ct": "AAAA"}'),
  ('an empty ct', '{"v": 1, "kid": "k", "nonce": "AAAA", "ct": ""}'),
  ('a ct of padding alone', '{"v": 1, "kid": "k", "nonce": "AAAA", "ct": "=="}'),
  ('a ct that is no base64',
   '{"v": 1, "kid": "k", "nonce": "AAAA", "ct": "{\"api_key\": \"k\"}"}'),
  ('a line end behind the ct', '{"v": 1, "kid": "k", "nonce": "AAAA", "ct": "AAAA\n"}'))
  as c(what, value);
select throws_ok(
  $$update public.resman_integration set api_credentials = '{"api_key": "k"}'$$,
  '23514', null, 'an update is held to it too');
select throws_ok(
  $$update public.resman_integration set api_credentials = 'null'$$,
  '23514', null, 'refused: json null');

select * from finish();
rollback;
