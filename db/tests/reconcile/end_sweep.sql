-- end_sweep: a lead that is missed twice is gone; many missing stop the property.
begin;
select plan(17);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/pull.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.end_sweep'),
  'text | volatile | enable_seqscan=off jit=off | -',
  'no role may call it');

-- A run of which this many of as many links were not found, and its item.
create function pg_temp.given_sweep(p_property uuid, p_missing integer, p_links integer)
returns public.lead_sync_queue
language plpgsql
as $$
declare
  v_run uuid := gen_random_uuid();
begin
  insert into lead_sync_private.reconciliation_run (id, property_id, repair)
  values (v_run, p_property, false);
  insert into lead_sync_private.reconciliation_finding (run_id, mapping_id, class)
  select v_run, pg_temp.given_mapping(
      pg_temp.given_conversation(pg_temp.given_user(), p_property),
      '{"updated_at": "2020-01-01T00:00:00Z"}'),
    case when n <= p_missing then 'missing_in_resman' else 'matched' end
  from generate_series(1, p_links) as n;
  delete from public.lead_sync_queue where property_id = p_property;
  return pg_temp.given_pull(p_property, jsonb_build_object('reconcile', v_run));
end
$$;
create function pg_temp.ended(p_missing integer, p_links integer) returns text
language plpgsql
as $$
declare
  v_property uuid := pg_temp.given_pulling();
begin
  perform lead_sync_private.end_sweep(pg_temp.given_sweep(v_property, p_missing, p_links));
  return (select i.sync_status from public.resman_integration i
          where i.property_id = v_property)
    || ' ' || (select sum(m.missing_reads) from public.lead_sync_mapping m
               where m.property_id = v_property);
end
$$;

-- happy path: one lead is missing, once and again
select pg_temp.given_pulling() as property \gset
select (s.i).id as item, (s.i).sync_data ->> 'reconcile' as run
from (select pg_temp.given_sweep(:'property', 1, 2) as i) as s \gset
select is(lead_sync_private.end_sweep(q), 'completed', 'the sweep is over')
from public.lead_sync_queue q where q.id = :'item';
select is(q.status, 'completed', 'so is its item') from public.lead_sync_queue q
where q.id = :'item';
select is(l.sync_data - 'conversation_id', jsonb_build_object('reconcile', :'run', 'links', 2,
  'missing', 1), 'the log says what was found') from public.lead_sync_log l;
select is(bool_and((m.updated_at >= now()) = (m.missing_reads > 0)), true,
  'the link that was missed says when') from public.lead_sync_mapping m;
select is(r.finished_at <= clock_timestamp() and r.links = 2, true, 'and the run')
from lead_sync_private.reconciliation_run r where r.id = :'run';
select results_eq('select f.class, m.mapping_status::text, m.missing_reads
    from lead_sync_private.reconciliation_finding f
    join public.lead_sync_mapping m on m.id = f.mapping_id order by 1',
  $$values ('matched', 'active', 0), ('missing_in_resman', 'active', 1)$$,
  'missed once a lead may come back');
select pg_temp.given_pull(:'property', jsonb_build_object('reconcile', :'run')) is null
  as x \gset
select lead_sync_private.end_sweep(q) from public.lead_sync_queue q
where q.property_id = :'property' and q.status = 'processing';
select results_eq('select f.class, m.mapping_status::text, m.missing_reads
    from lead_sync_private.reconciliation_finding f
    join public.lead_sync_mapping m on m.id = f.mapping_id order by 1',
  $$values ('matched', 'active', 0), ('missing_in_resman', 'deleted', 2)$$,
  'missed twice it is gone');
select is(count(*), 2::bigint, 'each is logged') from public.lead_sync_log
where sync_status = 'success';

-- edges: how many are too many
select is(pg_temp.ended(5, 5), 'active 5', 'five may be missing');
select is(pg_temp.ended(6, 6), 'paused 0', 'six stop the property, and none counts');
select is(count(*), 1::bigint, 'with a critical conflict that says so')
from public.lead_sync_conflicts where conflict_field = 'missing_leads'
  and conflict_severity = 'critical' and conversation_id is null;
select is(pg_temp.ended(6, 300), 'active 6', 'two in a hundred of many links may be missing');
select is(pg_temp.ended(7, 300), 'paused 0', 'more may not');

-- edges: leads that are known to be gone
create function pg_temp.ended_with_gone(p_missing integer, p_gone integer) returns text
language plpgsql
as $$
declare
  v_property uuid := pg_temp.given_pulling();
  v_item public.lead_sync_queue := pg_temp.given_sweep(v_property, p_missing + p_gone,
    p_missing + p_gone);
begin
  update public.lead_sync_mapping set mapping_status = 'deleted', missing_reads = 2
  where id in (select id from public.lead_sync_mapping where property_id = v_property
    limit p_gone);
  perform lead_sync_private.end_sweep(v_item);
  return (select concat_ws(' ', i.sync_status,
      (select sum(m.missing_reads) from public.lead_sync_mapping m
       where m.property_id = v_property),
      (select l.sync_data -> 'missing' from public.lead_sync_log l where l.item_id = v_item.id))
    from public.resman_integration i where i.property_id = v_property);
end
$$;
select is(pg_temp.ended_with_gone(0, 6), 'active 12 0', 'do not stop it again, or count on');
select is(pg_temp.ended_with_gone(5, 6), 'active 17 5', 'nor with a few more');
select is(pg_temp.ended_with_gone(6, 1), 'paused 2 6', 'but with many more');

select * from finish();
rollback;
