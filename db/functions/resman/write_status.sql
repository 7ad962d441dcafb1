create or replace function lead_sync_private.write_status(p_id uuid, p_status text)
returns void
language sql volatile
-- public: DomIQ's own triggers name their tables without a schema
set search_path = pg_catalog, public, pg_temp
as $fn$
  update public.conversation c
  set status = p_status
  where c.id = p_id and c.status is distinct from p_status;
$fn$;
revoke all on function lead_sync_private.write_status(uuid, text) from public;
comment on function lead_sync_private.write_status(uuid, text) is
'Set the status of a conversation to a word of DomIQ''s own that it held before a pull.
Writes: conversation. DomIQ''s update triggers fire.';
