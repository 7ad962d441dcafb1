create or replace function lead_sync_private.take_sweep(
  p_item public.lead_sync_queue, p_state jsonb, p_response jsonb)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $fn$
declare
  v_run lead_sync_private.reconciliation_run;
  v_mapping public.lead_sync_mapping;
  v_lead jsonb;
  v_found jsonb;
begin
  select r.* into v_run
  from lead_sync_private.reconciliation_run r
  where r.id = (p_item.sync_data ->> 'reconcile')::uuid;
  select m.* into v_mapping
  from public.lead_sync_mapping m where m.id = (p_state ->> 'mapping_id')::uuid;
  if v_mapping.id is not null then
    select l into v_lead
    from jsonb_array_elements(coalesce(p_response -> 'leads', '[]')) as l
    where l ->> 'lead_id' = v_mapping.resman_lead_id limit 1;
    v_found := lead_sync_private.classify_link(v_mapping, v_lead,
      (p_state ->> 'asked_at')::timestamptz);
    if v_run.repair and v_found ->> 'class' = 'drift' then
      v_found := v_found || jsonb_build_object('repaired', lead_sync_private.merge_pulled(
        v_mapping, v_lead, (p_state ->> 'asked_at')::timestamptz, p_item.id, 'updated')
        -> 'outcome');
    end if;
    update lead_sync_private.reconciliation_finding f
    set class = v_found ->> 'class', groups = v_found - 'class', read_at = clock_timestamp()
    where f.run_id = v_run.id and f.mapping_id = v_mapping.id;
    update public.lead_sync_mapping m
    set verified_at = case when v_found ->> 'class' in ('matched', 'suppressed', 'conflict')
          then clock_timestamp() else m.verified_at end,
        -- it is there, in step or not: a miss of long ago counts no longer
        missing_reads = case when v_lead is not null then 0 else m.missing_reads end,
        mapping_status = case when v_lead is not null and m.mapping_status = 'deleted'
          then 'active' else m.mapping_status end
    where m.id = v_mapping.id
      and (v_lead is not null or v_found ->> 'class' = 'suppressed');
  end if;
  return p_state || jsonb_build_object(
    'swept', coalesce((p_state ->> 'swept')::integer, 0) + 1);
end
$fn$;
revoke all on function lead_sync_private.take_sweep(public.lead_sync_queue, jsonb, jsonb)
  from public;
comment on function lead_sync_private.take_sweep(public.lead_sync_queue, jsonb, jsonb) is
'Take in the read of one link of a reconciliation: say how it stands, and repair it where the run is
to. A link whose lead had vanished stands again where the lead is there after all.
Returns: the state for the next.
Writes: reconciliation_finding, lead_sync_mapping; as merge_pulled for a repair.';
