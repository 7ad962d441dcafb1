create or replace function lead_sync_private.plan_sweep(
  p_item public.lead_sync_queue, p_state jsonb)
returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
set enable_bitmapscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $fn$
declare
  v_row record;
begin
  select f.mapping_id, m.resman_lead_id into v_row
  from lead_sync_private.reconciliation_finding f
  join public.lead_sync_mapping m on m.id = f.mapping_id
  where f.run_id = (p_item.sync_data ->> 'reconcile')::uuid and f.class = 'unread'
  order by f.mapping_id limit 1;
  if not found then
    return '{"end": "swept"}'::jsonb;
  elsif coalesce((p_state ->> 'swept')::integer, 0) >= 100 then
    -- a lease does not last for ever: the next hundred come with the next claim
    return '{"end": "sweep on"}'::jsonb;
  end if;
  return lead_sync_private.ask(p_state || jsonb_build_object('mapping_id', v_row.mapping_id),
    'sweep', jsonb_build_object('call', 'search_leads', 'by',
      jsonb_build_object('lead_id', v_row.resman_lead_id)));
end
$fn$;
revoke all on function lead_sync_private.plan_sweep(public.lead_sync_queue, jsonb) from public;
comment on function lead_sync_private.plan_sweep(public.lead_sync_queue, jsonb) is
'Plan the read of the next link of a reconciliation.
Returns: a plan, as plan_item; {"end"}: swept, or sweep on where the item has done its share.';
