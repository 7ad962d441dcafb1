create or replace function lead_sync_private.write_custom_fields(p_id uuid, p_fields jsonb)
returns void
language plpgsql volatile
-- public: DomIQ's own triggers name their tables without a schema
set search_path = pg_catalog, public, pg_temp
set enable_seqscan = off
set jit = off
as $fn$
begin
  update public.conversation c
  set resman_custom_fields = p_fields,
      -- an edit of this transaction, a pull's say, was captured with its own statement
      resman_capture_mark = null
  where c.id = p_id;
end
$fn$;
revoke all on function lead_sync_private.write_custom_fields(uuid, jsonb) from public;
comment on function lead_sync_private.write_custom_fields(uuid, jsonb) is
'Set what ResMan alone knows of a conversation''s lead.
Writes: conversation. DomIQ''s update triggers fire.';
