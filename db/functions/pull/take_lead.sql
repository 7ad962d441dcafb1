create or replace function lead_sync_private.take_lead(
  p_item public.lead_sync_queue, p_state jsonb, p_response jsonb)
returns text
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $fn$
declare
  v_lead_id text := p_item.sync_data ->> 'lead_id';
  v_mapping_id uuid;
  v_lead jsonb;
  v_result jsonb;
begin
  select l into v_lead
  from jsonb_array_elements(coalesce(p_response -> 'leads', '[]')) as l
  where l ->> 'lead_id' = v_lead_id limit 1;
  if v_lead is null then
    select m.id into v_mapping_id
    from public.lead_sync_mapping m
    -- another property's look-up says nothing of the link
    where m.resman_lead_id = v_lead_id and m.property_id = p_item.property_id
      and m.mapping_status in ('active', 'deleted');
    if v_mapping_id is not null then
      return lead_sync_private.end_missing(p_item, p_state, jsonb_build_object(
        'mapping_id', v_mapping_id, 'code', 'lead_missing',
        'message', 'ResMan finds no lead under this id'));
    end if;
    v_result := '{"outcome": "unchanged"}';
  else
    v_result := lead_sync_private.apply_lead(p_item.property_id, v_lead,
      (p_state ->> 'asked_at')::timestamptz, p_item.id);
  end if;
  if v_result ->> 'outcome' = 'later' then
    perform lead_sync_private.defer_item(p_item, p_state, v_result ->> 'code',
      'the lead is being written by another transaction or push',
      lead_sync_private.retry_delay(least(p_item.attempt, 6)) + interval '1 s');
    return 'deferred';
  end if;
  if v_result ->> 'outcome' in ('unchanged', 'suppressed') then
    perform lead_sync_private.write_log(p_item, 'success', 'update', '{"step": "lead"}',
      null, p_details => v_result - 'conversation_id');
  end if;
  perform lead_sync_private.close_item(p_item, 'completed');
  perform lead_sync_private.touch_integration(p_item.property_id, true);
  return case v_result ->> 'outcome' when 'conflict' then 'conflict' else 'completed' end;
end
$fn$;
revoke all on function lead_sync_private.take_lead(public.lead_sync_queue, jsonb, jsonb)
  from public;
comment on function lead_sync_private.take_lead(public.lead_sync_queue, jsonb, jsonb) is
'Take in the answer to the read of one lead and end its item.
Returns: completed, conflict, deferred; retry or failed where the lead is not there.
Writes: as apply_lead and end_missing; the item, lead_sync_log.';
