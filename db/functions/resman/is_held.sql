create or replace function lead_sync_private.is_held(p_conversation_id uuid)
returns boolean
language plpgsql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $fn$
begin
  return exists (
    select from public.lead_sync_conflicts c
    where c.conversation_id = p_conversation_id
      -- not for an index: planned among few rows, all that are critical would be read
      and coalesce(c.conflict_severity = 'critical'
        and c.resolution_status in ('pending', 'manual_review'), false));
end
$fn$;
revoke all on function lead_sync_private.is_held(uuid) from public;
comment on function lead_sync_private.is_held(uuid) is
'Say whether a critical conflict stops the pushes of a conversation''s lead.';
