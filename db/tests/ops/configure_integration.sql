-- configure_integration: an upsert, its errors, and how a property is connected again.
begin;
select plan(59);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

select pg_temp.given_property() as property \gset
select pg_temp.given_envelope() as envelope \gset
select pg_temp.given_envelope() || '{"kid": "new"}' as other_envelope \gset

-- new
select lead_sync.configure_integration(:'property', 'RM-1', :'envelope', null, null, null) as id
\gset
select ok(pg_temp.woken(), 'runners are told');
select collect_tap(
  is(i.id, :'id', 'the id of the row is returned'),
  is(i.resman_property_id, 'RM-1', 'the property id is kept'),
  is(i.api_credentials, :'envelope', 'the envelope is kept as it came'),
  is(i.sync_direction, 'bidirectional', 'the seed''s direction is the default'),
  is(i.sync_frequency, 'realtime', 'so is its frequency'),
  is(i.sync_status, 'active', 'and its status'),
  is(i.sync_enabled, true, 'it is switched on'),
  is(i.webhook_url, null, 'no URL'))
from public.resman_integration i where i.property_id = :'property';

-- null leaves what stands
create temporary table stood as
select i.* from public.resman_integration i where i.property_id = :'property';
select is(lead_sync.configure_integration(:'property', null, null, null, null, null), :'id',
  'with nulls it is the same integration');
select results_eq(
  format($$select to_jsonb(i) - 'updated_at' from public.resman_integration i
    where i.property_id = %L$$, :'property'),
  $$select to_jsonb(s) - 'updated_at' from stood s$$, 'and nothing has changed');
select is(lead_sync.configure_integration(:'property', 'RM-2', :'other_envelope', 'to_resman',
  'daily', 'https://example.com/hook'), :'id', 'a second call changes the same row');
select collect_tap(
  is(i.resman_property_id, 'RM-2', 'its property id'),
  is(i.api_credentials, :'other_envelope', 'its credentials'),
  is(i.sync_direction, 'to_resman', 'its direction'),
  is(i.sync_frequency, 'daily', 'its frequency'),
  is(i.webhook_url, 'https://example.com/hook', 'its URL'),
  cmp_ok(i.credentials_changed_at, '>', s.credentials_changed_at,
    'and tells when its credentials changed'),
  is(i.created_at, s.created_at, 'but not when it was made'))
from public.resman_integration i, stood s where i.property_id = :'property';

-- nothing that exists is queued
select pg_temp.given_property() as busy \gset
select pg_temp.given_conversation(pg_temp.given_user(), :'busy') as lead \gset
select lead_sync.configure_integration(:'busy', 'RM-B', :'envelope', null, null, null);
select is_empty(format('select * from public.lead_sync_queue where property_id = %L', :'busy'),
  'leads that exist are not queued');

-- connecting again
create function pg_temp.reconfigured(p_property uuid, p_status text, p_credentials jsonb)
returns text
language plpgsql
as $$
begin
  update public.resman_integration i set sync_status = p_status, status_reason = 'because'
  where i.property_id = p_property;
  perform lead_sync.configure_integration(p_property, null, p_credentials, null, null, null);
  return (select i.sync_status || coalesce(', ' || i.status_reason, '')
    from public.resman_integration i where i.property_id = p_property);
end
$$;
select is(pg_temp.reconfigured(:'property', 'disconnected', null), 'disconnected, because',
  'without credentials a disconnected property stays so');
select is(pg_temp.reconfigured(:'property', 'disconnected', :'envelope'), 'active',
  'with credentials it is connected again');
select is(pg_temp.reconfigured(:'property', 'paused', :'envelope'), 'paused, because',
  'but a paused one stays paused');

-- surface and limits
select is(pg_temp.surface_of('lead_sync.configure_integration'),
  'uuid | volatile definer | - | lead_sync_service', 'services may call it');
select lives_ok(format('select lead_sync.configure_integration(%L, repeat(''r'', 100), null, '
  '%L, %L, repeat(''u'', 255))', :'property', d, f), format('taken: %s, %s', d, f))
from unnest(array['to_resman', 'from_resman', 'bidirectional'],
  array['realtime', 'hourly', 'daily']) as v(d, f);
update public.resman_integration set updated_at = '2020-01-01';
select lead_sync.configure_integration(:'property', 'RM-2', null, 'to_resman', 'daily', null);
select is(count(*), 1::bigint, 'the row says when it was written')
from public.resman_integration i where i.updated_at between now() and clock_timestamp();
create function pg_temp.envelope_of(p_size integer) returns jsonb
language sql
as $$
  select jsonb_set(e, '{ct}', to_jsonb(repeat('A',
    p_size - length(jsonb_set(e, '{ct}', '""')::text))))
  from pg_temp.given_envelope() as e
$$;
select lives_ok(format('select lead_sync.configure_integration(%L, null, '
  'pg_temp.envelope_of(16384), null, null, null)', :'property'),
  'an envelope of 16,384 characters fits');
select throws_ok(format('select lead_sync.configure_integration(%L, null, '
  'pg_temp.envelope_of(16385), null, null, null)', :'property'), 'LS004', null,
  'one more does not');
select throws_ok(format('select lead_sync.configure_integration(%L, null, '
  'pg_temp.given_envelope() || ''{"kid": 1}'', null, null, null)', :'property'), 'LS004', null,
  'nor a kid that is no text');

-- refused
select pg_temp.given_property() as fresh \gset
select throws_ok(format('select lead_sync.configure_integration(%L, %s)', :'fresh', a),
  'LS001', null, 'refused: ' || left(a, 70))
from unnest(array[
  $$' ', pg_temp.given_envelope(), null, null, null$$,
  $$repeat('r', 101), pg_temp.given_envelope(), null, null, null$$,
  $$'RM', pg_temp.given_envelope(), 'sideways', null, null$$,
  $$'RM', pg_temp.given_envelope(), null, 'weekly', null$$,
  $$'RM', pg_temp.given_envelope(), null, null, repeat('u', 256)$$,
  $$null, pg_temp.given_envelope(), null, null, null$$,
  $$'RM', null, null, null, null$$]) as a;
select throws_ok(format('select lead_sync.configure_integration(%L, ''RM'', %L, '
  'null, null, null)', :'fresh', c), 'LS004', 'credentials are not an envelope',
  'no envelope: ' || left(c, 60))
from (values
  ('"text"'), ('null'), ('[]'), ('{}'),
  ('{"integration_partner_id": "P", "api_key": "K", "account_id": "1"}'),
  ((pg_temp.given_envelope() - 'kid')::text),
  ((pg_temp.given_envelope() || '{"api_key": "K"}')::text),
  ((pg_temp.given_envelope() || '{"v": 2}')::text),
  ((pg_temp.given_envelope() || '{"v": "1"}')::text),
  ((pg_temp.given_envelope() || '{"nonce": 5}')::text),
  ((pg_temp.given_envelope() || '{"ct": null}')::text),
  ((pg_temp.given_envelope() || '{"kid": ""}')::text),
  ((pg_temp.given_envelope() || '{"nonce": ""}')::text),
  ((pg_temp.given_envelope() || '{"ct": ""}')::text),
  ((pg_temp.given_envelope() || '{"ct": "not base64"}')::text),
  (jsonb_set(pg_temp.given_envelope(), '{ct}', to_jsonb(repeat('A', 17000)))::text)) as v(c);
select is_empty(format('select * from public.resman_integration where property_id = %L',
  :'fresh'), 'what is refused leaves nothing');
select throws_ok(format('select lead_sync.configure_integration(%s, ''RM'', '
  'pg_temp.given_envelope(), null, null, null)', p), 'LS002', 'no such property', name)
from (values (quote_literal(gen_random_uuid()), 'a property that does not exist'),
  ('null', 'no property')) as v(p, name);
select throws_ok(format('select lead_sync.configure_integration(%L, ''RM-3'', null, '
  '''sideways'', null, null)', :'property'), 'LS001', null,
  'an existing one is checked as well');
select is(i.resman_property_id, 'RM-2', 'and keeps what it had')
from public.resman_integration i where i.property_id = :'property';

select * from finish();
rollback;
