create or replace function lead_sync_private.end_sweep(p_item public.lead_sync_queue)
returns text
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $fn$
declare
  v_run_id uuid := (p_item.sync_data ->> 'reconcile')::uuid;
  v_missing bigint;
  v_links bigint;
begin
  -- those that are known to be gone would stop the property with every run
  select count(*) filter (where f.class = 'missing_in_resman' and m.mapping_status = 'active'),
    count(*)
  into v_missing, v_links
  from lead_sync_private.reconciliation_finding f
  join public.lead_sync_mapping m on m.id = f.mapping_id
  where f.run_id = v_run_id;
  if v_missing > greatest(5, v_links * 0.02) then
    -- so many do not vanish by themselves: a wrong property, a broken search, a purge
    perform lead_sync_private.stop_property(p_item, 'missing_leads',
      format('%s of %s linked leads are not found in ResMan', v_missing, v_links));
  else
    update public.lead_sync_mapping m
    set missing_reads = m.missing_reads + 1, updated_at = clock_timestamp(),
        mapping_status = case when m.missing_reads >= 1 then 'deleted' else m.mapping_status end
    from lead_sync_private.reconciliation_finding f
    where f.run_id = v_run_id and f.class = 'missing_in_resman' and m.id = f.mapping_id
      and m.mapping_status = 'active';
  end if;
  update lead_sync_private.reconciliation_run r
  set finished_at = clock_timestamp(), links = v_links::integer
  where r.id = v_run_id;
  return lead_sync_private.complete_item(p_item, 'update',
    jsonb_build_object('reconcile', v_run_id, 'links', v_links, 'missing', v_missing));
end
$fn$;
revoke all on function lead_sync_private.end_sweep(public.lead_sync_queue) from public;
comment on function lead_sync_private.end_sweep(public.lead_sync_queue) is
'End a reconciliation. A lead that explicit reads have missed twice marks its link deleted; more than
five, or two in a hundred, missing in one run stop the property instead; those whose link is deleted
already do not count.
Returns: completed.
Writes: the item, reconciliation_run, lead_sync_mapping, lead_sync_log, resman_integration.';
