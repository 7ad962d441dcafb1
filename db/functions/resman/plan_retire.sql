create or replace function lead_sync_private.plan_retire(
  p_item public.lead_sync_queue, p_state jsonb)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $fn$
declare
  v_lead_id text := p_item.sync_data ->> 'retire';
  v_key text := lead_sync_private.hash_key('retire', v_lead_id);
  v_lead jsonb;
  v_reason jsonb;
begin
  if not p_state ? 'read' then
    return lead_sync_private.ask(p_state, 'read', jsonb_build_object('call', 'search_leads',
      'by', jsonb_build_object('lead_id', v_lead_id)));
  end if;
  select l into v_lead
  from jsonb_array_elements(p_state #> '{read,leads}') as l where l ->> 'lead_id' = v_lead_id;
  -- gone, retired already, or somebody who has applied since: the office's, not ours
  if v_lead is null or v_lead ->> 'status' in ('lost', 'applicant', 'current_resident') then
    return '{"end": "retired"}'::jsonb;
  end if;
  v_reason := lead_sync_private.resolve_lost_reason(p_item.property_id);
  if v_reason is null then
    return lead_sync_private.need_lost_reason(p_state);
  end if;
  return lead_sync_private.plan_request(p_item, p_state, jsonb_build_object(
      'lead_id', v_lead_id,
      'contact_id', coalesce(v_lead -> 'contact_id', p_item.sync_data -> 'contact_id')),
    v_lead || '{"status": "lost"}',
    case when jsonb_path_exists(v_lead, '$.events[*].key ? (@ == $key)',
        jsonb_build_object('key', v_key)) then '[]'::jsonb
      else jsonb_build_array(jsonb_strip_nulls(jsonb_build_object('type', 'Cancel',
        'at', lead_sync_private.iso_time(clock_timestamp()::text),
        'agent', lead_sync_private.resolve_agent(p_item.property_id),
        'source_id', v_reason -> 'id', 'comment', p_item.sync_data -> 'why', 'key', v_key)))
      end);
end
$fn$;
revoke all on function lead_sync_private.plan_retire(public.lead_sync_queue, jsonb) from public;
comment on function lead_sync_private.plan_retire(public.lead_sync_queue, jsonb) is
'Plan how a lead that no conversation stands for is marked lost in ResMan: it is read first; one
that is lost, gone, an applicant''s or a resident''s is left as it is.
Returns: a plan, as plan_item; {"end": "retired"} where nothing is left to do.
Writes: as stop_property, where the property has written too much.';
