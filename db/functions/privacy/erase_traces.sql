create or replace function lead_sync_private.erase_traces(
  p_conversation_ids uuid[], p_property_id uuid, p_lead_id text, p_mapping_id uuid)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $fn$
declare
  v_result jsonb := '{}'::jsonb;
  v_count bigint;
  v_table text;
  -- of links that were merged into this one, and earlier ids of the lead
  v_lead_ids text[] := array(
    select p_lead_id where p_lead_id is not null
    union select m.resman_lead_id from public.lead_sync_mapping m
      where m.id = p_mapping_id or m.conversation_id = any (p_conversation_ids)
    union select a.resman_lead_id from lead_sync_private.lead_alias a
      where a.mapping_id = p_mapping_id);
begin
  foreach v_table in array array['lead_sync_log', 'lead_sync_log_archive'] loop
    execute format('update public.%I t set sync_data = ''{"erased": true}'', '
      'response_data = null, conflict_details = null, error_message = null '
      'where (t.conversation_id = any ($1) or t.resman_lead_id = any ($2) '
      '  or t.sync_data ->> ''conversation_id'' = any ($1::text[])) '
      '  and t.sync_data is distinct from ''{"erased": true}''', v_table)
    using p_conversation_ids, v_lead_ids;
    get diagnostics v_count = row_count;
    v_result := v_result || jsonb_build_object(v_table, v_count);
  end loop;
  foreach v_table in array array['lead_sync_conflicts', 'lead_sync_conflicts_archive'] loop
    execute format('update public.%I t set resman_value = null, domiq_value = null, '
      'resolved_value = null, base_value = null, loser_value = null, explanation = null, '
      'notes = null, resolution_status = case when t.resolution_status in '
      '  (''pending'', ''manual_review'') then ''resolved'' else t.resolution_status end, '
      'resolved_at = coalesce(t.resolved_at, clock_timestamp()) '
      'where t.conversation_id = any ($1) or t.resman_lead_id = any ($2)', v_table)
    using p_conversation_ids, v_lead_ids;
    get diagnostics v_count = row_count;
    v_result := v_result || jsonb_build_object(v_table, v_count);
  end loop;
  foreach v_table in array array['lead_sync_queue', 'lead_sync_queue_archive'] loop
    execute format('delete from public.%I t where t.conversation_id = any ($1) '
      'or t.resman_lead_id = any ($2) or t.sync_data ->> ''conversation_id'' = any ($1::text[])',
      v_table)
    using p_conversation_ids, v_lead_ids;
    get diagnostics v_count = row_count;
    v_result := v_result || jsonb_build_object(v_table, v_count);
  end loop;
  delete from lead_sync_private.pulled_lead p
  where p.property_id = p_property_id and p.resman_lead_id = any (v_lead_ids);
  delete from lead_sync_private.create_intent i where i.conversation_id = any (p_conversation_ids);
  delete from lead_sync_private.summary_due s where s.conversation_id = any (p_conversation_ids);
  delete from lead_sync_private.lead_event e where e.conversation_id = any (p_conversation_ids);
  get diagnostics v_count = row_count;
  v_result := v_result || jsonb_build_object('lead_event', v_count);
  delete from lead_sync_private.identity_decision d
  where d.user_id in (
    select c.user_id from public.conversation c where c.id = any (p_conversation_ids));
  delete from public.lead_sync_mapping m
  where m.id = p_mapping_id or m.conversation_id = any (p_conversation_ids);
  get diagnostics v_count = row_count;
  return v_result || jsonb_build_object('lead_sync_mapping', v_count);
end
$fn$;
revoke all on function lead_sync_private.erase_traces(uuid[], uuid, text, uuid) from public;
comment on function lead_sync_private.erase_traces(uuid[], uuid, text, uuid) is
'Remove the values of a lead, and of those that were merged into it, from the package''s tables
and archives; of log and conflicts the skeleton stays. Table names are the seed''s, no SQL is built
from data.
Returns: rows by table. Writes: all tables that hold the lead.';
