-- clear_syncing: a conversation does not stay syncing when nothing is under way for it. That
-- it gives way to a lock needs two sessions: lock_lead_rows.
begin;
select plan(7);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.clear_syncing'),
  'boolean | volatile | enable_seqscan=off jit=off | -',
  'no role may call it');

select pg_temp.given_lead() as lead \gset
select (pg_temp.item(:'lead')).id as item \gset
create function pg_temp.cleared(p_lead uuid, p_item uuid, p_status text) returns text
language plpgsql
as $$
declare
  v_done boolean;
begin
  perform lead_sync_private.write_conversation(p_lead, p_status, 'L1', now());
  v_done := lead_sync_private.clear_syncing(p_lead, p_item);
  return concat_ws(' ', v_done,
    (select c.resman_sync_status from public.conversation c where c.id = p_lead));
end
$$;

-- happy path
select is(pg_temp.cleared(:'lead', :'item', 'syncing'), 't not_synced',
  'its own item ends: it is syncing no more');

-- edges
select is(pg_temp.cleared(:'lead', :'item', s), 't ' || s, 'it leaves alone: ' || s)
from unnest(array['synced', 'conflict']) as s;
select pg_temp.given_item(:'lead', '{"sync_operation": "enrichment"}');
select is(pg_temp.cleared(:'lead', :'item', 'syncing'), 't not_synced',
  'an enrichment will not say how it ended');
select pg_temp.given_item(:'lead', '{"sync_operation": "status_update"}') as more \gset
select is(pg_temp.cleared(:'lead', :'item', 'syncing'), 't syncing', 'another item will');
update public.lead_sync_queue set status = 'cancelled' where id = :'more';
select is(pg_temp.cleared(:'lead', :'item', 'syncing'), 't not_synced',
  'unless it has ended');

select * from finish();
rollback;
