create or replace function lead_sync_private.refuse_pulled(
  p_property_id uuid, p_found jsonb, p_lead jsonb, p_item_id uuid)
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
  v_item public.lead_sync_queue;
  v_id uuid;
  v_now timestamptz := clock_timestamp();
begin
  v_item.id := p_item_id;
  v_item.property_id := p_property_id;
  v_item.sync_operation := 'pull';
  v_item.resman_lead_id := p_lead ->> 'lead_id';
  v_item.conversation_id := (p_found ->> 'conversation_id')::uuid;
  if v_item.conversation_id is null then
    select c.id into v_item.conversation_id
    from public.conversation c join public.chatbot b on b.id = c.chatbot_id
    where c.user_id = (p_found ->> 'user_id')::uuid and b.property_id = p_property_id
    order by c.created_at desc limit 1;
  end if;
  -- One for each lead: another unknown lead of the same person is another question.
  update public.lead_sync_conflicts c
  set resman_value = p_lead - 'events', last_seen_at = v_now, updated_at = v_now,
      times_seen = c.times_seen + 1
  where c.property_id = p_property_id and c.resman_lead_id = p_lead ->> 'lead_id'
    and c.conflict_type = 'duplicate_lead' and c.resolution_status in ('pending', 'manual_review')
  returning c.id into v_id;
  if v_id is null then
    v_id := lead_sync_private.record_conflict(v_item, null, p_lead ->> 'lead_id',
      jsonb_build_object('type', 'duplicate_lead', 'field',
        left('identity ' || (p_lead ->> 'lead_id'), 100), 'severity', 'critical',
        'domiq', jsonb_strip_nulls(jsonb_build_object('user_id', p_found -> 'user_id')),
        'resman', p_lead - 'events', 'why', p_found -> 'why'));
    perform lead_sync_private.write_log(v_item, 'conflict', 'update', '{}', null,
      'duplicate_lead', p_found ->> 'why');
  end if;
  return jsonb_build_object('outcome', 'conflict', 'conversation_id', v_item.conversation_id,
    'conflict_ids', jsonb_build_array(v_id));
end
$fn$;
revoke all on function lead_sync_private.refuse_pulled(uuid, jsonb, jsonb, uuid) from public;
comment on function lead_sync_private.refuse_pulled(uuid, jsonb, jsonb, uuid) is
'Keep a lead of which nobody can tell who it is as a critical conflict, once for each lead; nothing
is guessed.
Returns: as apply_lead.
Writes: lead_sync_conflicts, lead_sync_log. Notifies: lead_sync_conflict.';
