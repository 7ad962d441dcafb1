-- pause_property: nothing is claimed any more, everything is captured all the same.
begin;
select plan(16);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync.pause_property'),
  'void | volatile definer | - | lead_sync_service', 'services may call it');

-- happy path
select pg_temp.given_lead() as lead, pg_temp.given_lead() as other,
  pg_temp.given_property() as bare
\gset
select pg_temp.property_of(:'lead') as property \gset
update public.resman_integration set updated_at = '2020-01-01', error_count = 3;
select lead_sync.pause_property(:'property', ' because ');
select collect_tap(
  is(i.sync_status, 'paused', 'it is paused'),
  is(i.status_reason, 'because', 'and says why'),
  ok(i.updated_at between now() and clock_timestamp(), 'the row says when'),
  is(i.sync_enabled, true, 'it stays switched on'),
  is(i.error_count, 3, 'and keeps its failures'))
from public.resman_integration i where i.property_id = :'property';
select is(i.sync_status, 'active', 'other properties go on') from public.resman_integration i
where i.property_id = pg_temp.property_of(:'other');

-- effects
select is(pg_temp.claim(:'lead'), null, 'nothing of it is claimed');
select isnt((select h.item from held h where h.conversation_id = :'other'), null,
  'unlike that of others');
select pg_temp.given_conversation(pg_temp.given_user(), :'property') as fresh \gset
select is((pg_temp.item(:'fresh')).status, 'pending', 'what happens meanwhile waits');

-- edges
create function pg_temp.paused(p_property uuid, p_reason text) returns text
language plpgsql
as $$
begin
  perform lead_sync.pause_property(p_property, p_reason);
  return (select i.sync_status || coalesce(':' || i.status_reason, '')
    from public.resman_integration i where i.property_id = p_property);
end
$$;
select is(pg_temp.paused(:'property', reason), expected, coalesce(left(reason, 5), 'no reason'))
from (values (null, 'paused'), ('  ', 'paused'),
  (repeat('y', 1001), 'paused:' || repeat('y', 1000))) as v(reason, expected);

-- errors
select throws_ok(format('select lead_sync.pause_property(%s, null)', p), 'LS003',
  'property has no integration', 'refused: ' || name)
from (values (quote_literal(:'bare'), 'a property without an integration'),
  ('gen_random_uuid()', 'one that does not exist'), ('null', 'none')) as v(p, name);

select * from finish();
rollback;
