-- check_envelope: only the form of an envelope passes, and nothing given is repeated.
begin;
select plan(16);
\i db/tests/support/fixtures.psql

select lives_ok($$select lead_sync_private.check_envelope(pg_temp.given_envelope())$$,
  'an envelope passes');
select lives_ok($$select lead_sync_private.check_envelope(null)$$, 'null passes: unchanged');
select throws_ok(format('select lead_sync_private.check_envelope(%L)', c), 'LS004',
  'credentials are not an envelope', 'no envelope: ' || left(c, 60))
from (values
  ('"text"'), ('null'), ('[]'), ('{}'), ('5'),
  ('{"integration_partner_id": "P", "api_key": "K", "account_id": "1"}'),
  ((pg_temp.given_envelope() - 'kid')::text),
  ((pg_temp.given_envelope() || '{"api_key": "K"}')::text),
  ((pg_temp.given_envelope() || '{"v": 2}')::text),
  ((pg_temp.given_envelope() || '{"v": "1"}')::text),
  ((pg_temp.given_envelope() || '{"nonce": 5}')::text),
  ((pg_temp.given_envelope() || '{"ct": null}')::text),
  (jsonb_set(pg_temp.given_envelope(), '{ct}', to_jsonb(repeat('A', 17000)))::text)) as v(c);

create function pg_temp.what_is_said(p_credentials jsonb) returns text
language plpgsql
as $$
declare
  v_detail text;
  v_hint text;
begin
  perform lead_sync_private.check_envelope(p_credentials);
  return null;
exception when others then
  get stacked diagnostics v_detail = pg_exception_detail, v_hint = pg_exception_hint;
  return sqlerrm || v_detail || v_hint;
end
$$;
select ok(pg_temp.what_is_said('{"api_key": "hunter2"}') not like '%hunter2%',
  'the error does not repeat what was given');

select * from finish();
rollback;
