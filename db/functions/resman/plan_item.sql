create or replace function lead_sync_private.plan_item(
  p_item public.lead_sync_queue, p_state jsonb)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
set enable_bitmapscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $fn$
declare
  v_lead record;
  v_mapping public.lead_sync_mapping;
  v_found jsonb;
  v_lead_id text;
  v_plan jsonb;
begin
  if p_item.sync_operation = 'pull' then
    return lead_sync_private.plan_pull(p_item, p_state);
  elsif p_item.sync_data ? 'retire' then
    return lead_sync_private.plan_retire(p_item, p_state);
  elsif p_item.sync_operation not in ('push', 'status_update', 'enrichment') then
    return jsonb_build_object('end', 'rejected', 'code', 'operation',
      'message', format('this version does not carry out %s items', p_item.sync_operation));
  end if;
  select l.conversation_id, l.user_id, l.property_id, l.ineligible, exists (
      -- offset: a fence, or all tombstones might be hashed by a plan made among few
      select from lead_sync_private.tombstone t
      where t.lifted_at is null and t.property_id = l.property_id offset 0) as entombed
  into v_lead
  from lead_sync_private.lead l where l.conversation_id = p_item.conversation_id;
  if not found or v_lead.ineligible is not null then
    return jsonb_build_object('end', 'cancelled', 'code', 'not_eligible',
      'message', 'the conversation is no lead to push: ' || coalesce(v_lead.ineligible, 'gone'));
  end if;
  v_mapping := lead_sync_private.find_mapping(
    v_lead.conversation_id, v_lead.user_id, v_lead.property_id);
  if v_mapping.id is not null then
    v_mapping := lead_sync_private.reset_stamps(v_mapping);
  end if;
  if v_lead.entombed
    -- its lead's, too: it may have been another conversation that was suppressed
    and lead_sync_private.is_entombed(v_lead.property_id, v_lead.conversation_id,
      v_mapping.resman_lead_id, lead_sync_private.build_lead(v_lead.conversation_id)) then
    return jsonb_build_object('end', 'cancelled', 'code', 'suppressed',
      'message', 'a tombstone stands for this person');
  elsif v_mapping.mapping_status in ('inactive', 'merged') then
    return jsonb_build_object('end', 'cancelled', 'code', 'link_' || v_mapping.mapping_status,
      'message', format('the link to ResMan is %s', v_mapping.mapping_status));
  end if;
  v_lead_id := case when v_mapping.mapping_status = 'active' then v_mapping.resman_lead_id
    else p_state ->> 'lead_id' end;

  if v_lead_id is not null then
    -- an observation from before the last base move must not revert what was acknowledged since
    if p_state #>> '{read,asked_at}' is null
       or (p_state #>> '{read,asked_at}')::timestamptz < v_mapping.base_moved_at
       -- by a clock that has stepped back since: it may be older than it says
       or (p_state #>> '{read,asked_at}')::timestamptz > clock_timestamp() then
      return lead_sync_private.ask(p_state - 'read', 'read', jsonb_build_object(
        'call', 'search_leads', 'by', jsonb_build_object('lead_id', v_lead_id)));
    end if;
    select l into v_found
    from jsonb_array_elements(p_state #> '{read,leads}') as l
    where l ->> 'lead_id' = v_lead_id;
    if v_found is null then
      return jsonb_build_object('end', 'missing', 'mapping_id', v_mapping.id,
        'lead_id', v_lead_id, 'code', 'lead_missing',
        'message', 'ResMan finds no lead under the id that this conversation is linked to');
    end if;
    v_found := jsonb_build_object('lead', v_found, 'read_at', p_state #> '{read,asked_at}');
  elsif p_item.sync_operation <> 'push' then
    return jsonb_build_object('end', 'deferred', 'code', 'not_linked',
      'message', 'waits for the push that links the conversation');
  else
    v_found := lead_sync_private.plan_identity(p_item, p_state);
    if v_found ? 'ambiguous' then
      return jsonb_build_object('end', 'ambiguous', 'message', v_found ->> 'ambiguous',
        'leads', v_found -> 'leads');
    elsif not v_found ? 'lead' then
      return v_found;
    end if;
  end if;

  if p_item.sync_operation = 'enrichment' then
    v_plan := lead_sync_private.plan_enrichment(p_item, p_state, v_found);
    if v_plan ? 'request' and v_mapping.mapping_status = 'active'
       and lead_sync_private.take_over(p_item, v_mapping, v_found) then
      return jsonb_build_object('end', 'deferred', 'code', 'stale',
        'message', 'the lead has been read or written since: it is read again');
    end if;
    return v_plan;
  end if;
  return lead_sync_private.plan_save(p_item, p_state, v_mapping, v_found);
end
$fn$;
revoke all on function lead_sync_private.plan_item(public.lead_sync_queue, jsonb) from public;
comment on function lead_sync_private.plan_item(public.lead_sync_queue, jsonb) is
'Decide from what an item has learned so far what comes next.
Nothing is kept but p_state: with the same state and the same rows the same plan comes out.
Returns: {"request","state"}: ask ResMan this; or {"end": …}: synced, pulled, rejected, cancelled,
deferred, missing, ambiguous, with what is needed to end the item.
Writes: create_intent, before a create; as merge_groups and take_over, once the lead was read.';
