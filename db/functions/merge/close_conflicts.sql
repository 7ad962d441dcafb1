create or replace function lead_sync_private.close_conflicts(
  p_conversation_id uuid, p_groups jsonb, p_why text)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $fn$
begin
  update public.lead_sync_conflicts c
  set resolution_status = 'auto_resolved', resolved_at = clock_timestamp(),
      updated_at = clock_timestamp(), resolved_value = coalesce(c.resolved_value, c.domiq_value),
      notes = coalesce(c.notes, p_why)
  where c.conversation_id = p_conversation_id
    and c.resolution_status in ('pending', 'manual_review')
    and p_groups ? c.conflict_field;
end
$fn$;
revoke all on function lead_sync_private.close_conflicts(uuid, jsonb, text) from public;
comment on function lead_sync_private.close_conflicts(uuid, jsonb, text) is
'Close the open conflicts on groups of a conversation that are none any more.
Writes: lead_sync_conflicts.';
