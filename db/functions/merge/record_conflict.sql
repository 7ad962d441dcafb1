create or replace function lead_sync_private.record_conflict(
  p_item public.lead_sync_queue, p_mapping_id uuid, p_lead_id text, p_type text, p_group text,
  p_severity text, p_domiq jsonb, p_resman jsonb, p_base jsonb, p_why text)
returns uuid
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $fn$
declare
  v_id uuid;
  v_new boolean;
begin
  insert into public.lead_sync_conflicts as c
    (conversation_id, resman_lead_id, conflict_type, conflict_field, resman_value, domiq_value,
     conflict_severity, resolution_status, property_id, mapping_id, item_id, base_value, policy,
     last_seen_at, explanation, created_at, updated_at)
  values
    (p_item.conversation_id, p_lead_id, p_type, p_group, p_resman, p_domiq, p_severity,
     'pending', p_item.property_id, p_mapping_id, p_item.id, p_base, 'manual_review',
     clock_timestamp(), jsonb_build_object('why', p_why), clock_timestamp(), clock_timestamp())
  on conflict (conversation_id, conflict_field)
    where resolution_status in ('pending', 'manual_review')
  do update set
    resman_value = excluded.resman_value, domiq_value = excluded.domiq_value,
    base_value = excluded.base_value, resman_lead_id = excluded.resman_lead_id,
    mapping_id = excluded.mapping_id, item_id = excluded.item_id,
    explanation = excluded.explanation, last_seen_at = excluded.last_seen_at,
    updated_at = excluded.updated_at, times_seen = c.times_seen + 1
  returning c.id, c.times_seen = 1 into v_id, v_new;
  if v_new and current_setting('max_prepared_transactions') = '0' then
    perform pg_notify('lead_sync_conflict', v_id::text);
  end if;
  return v_id;
end
$fn$;
revoke all on function lead_sync_private.record_conflict(public.lead_sync_queue, uuid, text, text,
  text, text, jsonb, jsonb, jsonb, text) from public;
comment on function lead_sync_private.record_conflict(public.lead_sync_queue, uuid, text, text,
  text, text, jsonb, jsonb, jsonb, text) is
'Keep a pending conflict on one group of a conversation; one that is open is brought up to date.
Returns: the conflict''s id.
Writes: lead_sync_conflicts.
Notifies: lead_sync_conflict with the id, the first time.';
