create or replace function lead_sync_private.write_erased_user(p_id uuid)
returns void
language plpgsql volatile
-- public: DomIQ's own triggers name their tables without a schema
set search_path = pg_catalog, public, pg_temp
as $fn$
begin
  update public."user" u
  set resman_sync_status = 'not_synced', resman_contact_id = null, resman_custom_fields = null,
      resman_field_times = null, resman_last_sync_at = null
  where u.id = p_id;
end
$fn$;
revoke all on function lead_sync_private.write_erased_user(uuid) from public;
comment on function lead_sync_private.write_erased_user(uuid) is
'Empty what the package keeps on a "user".
Writes: "user". DomIQ''s update triggers fire.';
