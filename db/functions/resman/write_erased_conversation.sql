create or replace function lead_sync_private.write_erased_conversation(p_id uuid)
returns void
language plpgsql volatile
-- public: DomIQ's own triggers name their tables without a schema
set search_path = pg_catalog, public, pg_temp
as $fn$
begin
  update public.conversation c
  set resman_sync_status = 'not_synced', resman_lead_id = null, resman_custom_fields = null,
      resman_field_times = null, resman_last_sync_at = null
  where c.id = p_id;
end
$fn$;
revoke all on function lead_sync_private.write_erased_conversation(uuid) from public;
comment on function lead_sync_private.write_erased_conversation(uuid) is
'Empty what the package keeps on a conversation.
Writes: conversation. DomIQ''s update triggers fire.';
