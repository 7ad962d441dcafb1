-- disconnect_property: ResMan refuses a property's credentials.
begin;
select plan(11);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.disconnect_property'),
  'void | volatile | - | -', 'no role may call it');

create function pg_temp.disconnect(p_lead uuid, p_status text, p_reason text) returns text
language plpgsql
as $$
begin
  update public.resman_integration i set sync_status = p_status, status_reason = 'earlier',
    updated_at = '2020-01-01'
  where i.property_id = pg_temp.property_of(p_lead);
  perform lead_sync_private.disconnect_property(pg_temp.item(p_lead), p_reason);
  return (select i.sync_status || ': ' || i.status_reason from public.resman_integration i
    where i.property_id = pg_temp.property_of(p_lead));
end
$$;

-- happy path
select pg_temp.given_lead() as lead, pg_temp.given_lead() as other \gset
update public.resman_integration set credentials_changed_at = now() - interval '1 min';
select pg_temp.claim(:'lead');
select is(pg_temp.disconnect(:'lead', s, 'why'),
  'disconnected: ResMan refuses the credentials: why', format('from %s', s))
from unnest(array['active', 'error']) as s;
select ok(i.updated_at between now() and clock_timestamp(), 'the row says when')
from public.resman_integration i where i.property_id = pg_temp.property_of(:'lead');
select is(i.sync_status, 'active', 'other properties go on')
from public.resman_integration i where i.property_id = pg_temp.property_of(:'other');

-- edges
select is(pg_temp.disconnect(:'lead', s, 'why'), s || ': earlier', format('%s stays so', s))
from unnest(array['paused', 'disconnected']) as s;
select is(length(pg_temp.disconnect(:'lead', 'active', repeat('y', 2000))),
  length('disconnected: ') + 1000, 'a long reason is cut');
update public.resman_integration i set credentials_changed_at = q.lease_started_at
from pg_temp.item(:'lead') q
where i.property_id = q.property_id;
select is(pg_temp.disconnect(:'lead', 'active', 'why'), 'active: earlier',
  'an answer to credentials that have changed since says nothing of the new ones');
update public.resman_integration i
set credentials_changed_at = q.lease_started_at - interval '1 us'
from pg_temp.item(:'lead') q where i.property_id = q.property_id;
select is(pg_temp.disconnect(:'lead', 'active', 'why'),
  'disconnected: ResMan refuses the credentials: why', 'those from before the claim are meant');

-- effects
select is(q.status, 'processing', 'the item itself is not touched')
from pg_temp.item(:'lead') q;

select * from finish();
rollback;
