create or replace function lead_sync_private.write_conversation(
  p_id uuid, p_status text, p_lead_id text, p_synced_at timestamptz default null)
returns void
language plpgsql volatile
-- public: DomIQ's own triggers name their tables without a schema
set search_path = pg_catalog, public, pg_temp
set enable_seqscan = off
set jit = off
as $fn$
begin
  update public.conversation c
  set resman_sync_status = p_status,
      resman_lead_id = coalesce(p_lead_id, c.resman_lead_id),
      resman_last_sync_at = coalesce(p_synced_at, c.resman_last_sync_at),
      -- an edit of this transaction, a pull's say, was captured with its own statement
      resman_capture_mark = null
  where c.id = p_id;
end
$fn$;
revoke all on function lead_sync_private.write_conversation(uuid, text, text, timestamptz)
  from public;
comment on function lead_sync_private.write_conversation(uuid, text, text, timestamptz) is
'Set what the package keeps on a conversation; null leaves the lead id and the time as they are.
Writes: conversation. DomIQ''s update triggers fire.';
