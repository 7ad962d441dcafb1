-- lift_suppression: a lead that was suppressed syncs again.
begin;
select plan(13);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync.lift_suppression'),
  'uuid | volatile definer | - | lead_sync_service', 'a service calls it');

create function pg_temp.given_suppressed() returns uuid
language plpgsql
as $$
declare
  v_lead uuid := pg_temp.given_lead();
begin
  perform lead_sync.suppress_lead(v_lead, 'asked for it');
  return v_lead;
end
$$;

-- happy path
select pg_temp.given_suppressed() as lead, pg_temp.given_suppressed() as other \gset
select lead_sync.lift_suppression(:'lead') as item \gset
select results_eq('select conversation_id, lifted_at between now() and clock_timestamp()
    from lead_sync_private.tombstone order by lifted_at nulls last',
  format('values (%L::uuid, true), (%L, null)', :'lead', :'other'),
  'its tombstone stands no longer, others do');
select results_eq(format('select conversation_id, property_id, sync_operation::text,
    status::text, priority from public.lead_sync_queue where id = %L', :'item'),
  format('values (%L::uuid, %L::uuid, ''push'', ''pending'', 2)', :'lead',
    pg_temp.property_of(:'lead')), 'a push follows');
select is(pg_temp.claim(:'lead') ->> 'item_id', :'item', 'that is claimed');
select lead_sync.suppress_lead(:'lead', 'again');
select is(lead_sync.lift_suppression(:'lead') is not null, true, 'and so on');

-- edges: a property that only pulls
create function pg_temp.lifted_where_pulled(p_status text) returns text
language plpgsql
as $$
declare
  v_lead uuid := pg_temp.given_suppressed();
  v_item uuid;
begin
  perform pg_temp.given_mapping(v_lead, jsonb_build_object('mapping_status', p_status,
    'resman_lead_id', 'R-' || p_status));
  update public.resman_integration set sync_direction = 'from_resman'
  where property_id = pg_temp.property_of(v_lead);
  v_item := lead_sync.lift_suppression(v_lead);
  return (select concat_ws(' ', q.sync_operation, q.status, q.sync_data ->> 'lead_id', q.priority,
      q.conversation_id = v_lead, q.property_id = pg_temp.property_of(v_lead))
    from public.lead_sync_queue q where q.id = v_item);
end
$$;
select is(pg_temp.lifted_where_pulled('active'), 'pull pending R-active 2 t t',
  'reads what ResMan has changed meanwhile');
select is(pg_temp.lifted_where_pulled('deleted'), null, 'not where there is no lead');

-- edges: no lead to push
select pg_temp.given_suppressed() as lead \gset
update public.conversation set user_id = null where id = :'lead';
select is(lead_sync.lift_suppression(:'lead'), null, 'one that is no lead is not pushed');
select pg_temp.given_suppressed() as lead \gset
delete from public.conversation where id = :'lead';
select is(lead_sync.lift_suppression(:'lead'), null, 'one that was deleted is lifted');
select is(count(*), 0::bigint, 'so its person may come back') from lead_sync_private.tombstone
where conversation_id = :'lead' and lifted_at is null;

-- errors
select throws_ok(format('select lead_sync.lift_suppression(%L)', :'lead'), 'LS002',
  'lead is not suppressed', 'not twice');
insert into lead_sync_private.tombstone (conversation_id, kind)
select pg_temp.given_lead(), 'erased' returning conversation_id as erased \gset
select throws_ok(format('select lead_sync.lift_suppression(%L)', :'erased'), 'LS002', null,
  'an erasure stays');
select throws_ok('select lead_sync.lift_suppression(null)', 'LS002', null, 'null is no lead');

select * from finish();
rollback;
