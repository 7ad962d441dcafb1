-- replace_credentials: compare and set; what a property's state makes of it.
begin;
select plan(26);
\i db/tests/support/fixtures.psql

select function_privs_are('lead_sync', 'replace_credentials',
  array['uuid', 'jsonb', 'jsonb', 'boolean'], 'lead_sync_service', array['EXECUTE'],
  'the service role may call it');
select function_privs_are('lead_sync', 'replace_credentials',
  array['uuid', 'jsonb', 'jsonb', 'boolean'], r, '{}', r || ' may not')
from unnest(array['lead_sync_runner', 'lead_sync_monitor']::name[]) as r;

select pg_temp.given_property() as property, pg_temp.given_property() as other \gset
select pg_temp.given_envelope() as old, pg_temp.given_envelope() || '{"kid": "new"}' as new
\gset
select pg_temp.given_integration(:'property',
  '{"credentials_changed_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z"}');
select pg_temp.given_integration(:'other');
create temporary table stood as select i.* from public.resman_integration i;

-- sealed anew
select is(lead_sync.replace_credentials(:'property', :'old', :'new', true), true,
  'the old envelope is replaced');
select collect_tap(
  is(i.api_credentials, :'new', 'by the new one'),
  is(i.credentials_changed_at, s.credentials_changed_at,
    'the credentials in it have not changed'),
  cmp_ok(i.updated_at, '>', s.updated_at, 'the row has'),
  is(to_jsonb(i) - array['api_credentials', 'updated_at'],
    to_jsonb(s) - array['api_credentials', 'updated_at'], 'and nothing else of it'))
from public.resman_integration i join stood s using (id) where i.property_id = :'property';
select results_eq(
  format('select to_jsonb(i) from public.resman_integration i where property_id = %L', :'other'),
  format('select to_jsonb(s) from stood s where property_id = %L', :'other'),
  'another property with the same envelope keeps it');

-- somebody else was faster
select is(lead_sync.replace_credentials(:'property', :'old', pg_temp.given_envelope(), true),
  false, 'an envelope that is no longer there is not replaced');
select is(i.api_credentials, :'new', 'what stands there stays')
from public.resman_integration i where i.property_id = :'property';

-- what becomes of the property's state
create function pg_temp.state_after(p_property uuid, p_status text, p_resealed boolean)
returns text
language plpgsql
as $$
declare
  v_envelope jsonb;
begin
  update public.resman_integration i
  set sync_status = p_status, status_reason = 'because', api_credentials = pg_temp.given_envelope()
  where i.property_id = p_property
  returning i.api_credentials into v_envelope;
  perform lead_sync.replace_credentials(
    p_property, v_envelope, v_envelope || '{"kid": "newer"}', p_resealed);
  return (select i.sync_status || coalesce(', ' || i.status_reason, '')
    from public.resman_integration i where i.property_id = p_property);
end
$$;
select is(pg_temp.state_after(:'property', status, resealed), expected, name)
from (values
  ('disconnected', true, 'disconnected, because', 'the same credentials do not connect it again'),
  ('disconnected', false, 'active', 'changed credentials connect it again'),
  ('error', false, 'error, because', 'an error is not about credentials'),
  ('paused', false, 'paused, because', 'a paused property stays paused')
) as v(status, resealed, expected, name);
select cmp_ok(i.credentials_changed_at, '>', s.credentials_changed_at,
  'changed credentials tell when')
from public.resman_integration i join stood s using (id) where i.property_id = :'property';

-- refused
select throws_ok(format('select lead_sync.replace_credentials(%L, %s)', :'property', a), 'LS001',
  'both envelopes are needed, and whether the credentials in them are the same', 'refused: ' || a)
from unnest(array[
  'null, pg_temp.given_envelope(), true', 'pg_temp.given_envelope(), null, true',
  'pg_temp.given_envelope(), pg_temp.given_envelope(), null']) as a;
select throws_ok(format('select lead_sync.replace_credentials(%L, i.api_credentials, %L, true) '
  'from public.resman_integration i where i.property_id = %1$L', :'property', c), 'LS004',
  'credentials are not an envelope', 'no envelope: ' || c)
from (values ('{}'), ('"text"'), ('{"api_key": "K"}')) as v(c);
select throws_ok(format('select lead_sync.replace_credentials(%s, %L, %L, true)', p, :'old',
  :'new'), 'LS003', 'property has no integration', name)
from (values (quote_literal(gen_random_uuid()), 'a property that does not exist'),
  ('null', 'no property')) as v(p, name);
select is(i.api_credentials ->> 'kid', 'newer', 'what is refused changes nothing')
from public.resman_integration i where i.property_id = :'property';

-- as the role that calls it
set local role lead_sync_service;
select is(lead_sync.replace_credentials(:'property', c.credentials, :'new', true), true,
  'the service role replaces what it has listed')
from lead_sync.list_credentials() c where c.property_id = :'property';
reset role;

select * from finish();
rollback;
