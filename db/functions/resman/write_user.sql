create or replace function lead_sync_private.write_user(
  p_id uuid, p_status text, p_contact_id text, p_synced_at timestamptz)
returns void
language plpgsql volatile
-- public: DomIQ's own triggers name their tables without a schema
set search_path = pg_catalog, public, pg_temp
set enable_seqscan = off
set jit = off
as $fn$
begin
  update public."user" u
  set resman_sync_status = p_status,
      resman_contact_id = coalesce(p_contact_id, u.resman_contact_id),
      resman_last_sync_at = coalesce(p_synced_at, u.resman_last_sync_at),
      -- an edit of this transaction, a pull's say, was captured with its own statement
      resman_capture_mark = null
  where u.id = p_id;
end
$fn$;
revoke all on function lead_sync_private.write_user(uuid, text, text, timestamptz) from public;
comment on function lead_sync_private.write_user(uuid, text, text, timestamptz) is
'Set what the package keeps on a "user"; null leaves the contact id and the time as they are.
Writes: "user". DomIQ''s update triggers fire.';
