-- resume_property: items are claimed again, whatever stopped them.
begin;
select plan(14);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync.resume_property'),
  'void | volatile definer | - | lead_sync_service', 'services may call it');

-- happy path
select pg_temp.given_silent_item() as lead, pg_temp.given_silent_item() as other \gset
select pg_temp.property_of(:'lead') as property \gset
update public.resman_integration set updated_at = '2020-01-01', error_count = 3,
  sync_status = 'paused', status_reason = 'why';
select lead_sync.resume_property(:'property');
select collect_tap(
  is(i.sync_status, 'active', 'it is active'),
  is(i.status_reason, null, 'without a reason'),
  is(i.error_count, 0, 'or failures'),
  ok(i.updated_at between now() and clock_timestamp(), 'the row says when'))
from public.resman_integration i where i.property_id = :'property';
select ok(pg_temp.woken(), 'runners are told');
select is(i.sync_status || i.error_count, 'paused3', 'other properties stay as they are')
from public.resman_integration i where i.property_id = pg_temp.property_of(:'other');
select isnt(pg_temp.claim(:'lead'), null, 'its items are claimed');

-- edges
create function pg_temp.resumed(p_property uuid, p_status text) returns text
language plpgsql
as $$
begin
  update public.resman_integration set sync_status = p_status where property_id = p_property;
  perform lead_sync.resume_property(p_property);
  return (select i.sync_status from public.resman_integration i
    where i.property_id = p_property);
end
$$;
select is(pg_temp.resumed(:'property', s), 'active', 'from ' || s)
from unnest(array['active', 'error', 'disconnected']) as s;

-- errors
select throws_ok(format('select lead_sync.resume_property(%s)', p), 'LS003',
  'property has no integration', 'refused: ' || name)
from (values (quote_literal(pg_temp.given_property()), 'a property without an integration'),
  ('gen_random_uuid()', 'one that does not exist'), ('null', 'none')) as v(p, name);

select * from finish();
rollback;
