create or replace function lead_sync_private.write_user_values(p_id uuid, p_values jsonb)
returns void
language plpgsql volatile
-- public: DomIQ's own triggers name their tables without a schema
set search_path = pg_catalog, public, pg_temp
set enable_seqscan = off
set jit = off
as $fn$
begin
  update public."user" u
  set first_name = case when p_values ? 'first_name' then p_values ->> 'first_name'
        else u.first_name end,
      last_name = case when p_values ? 'last_name' then p_values ->> 'last_name'
        else u.last_name end,
      email = case when p_values ? 'email' then p_values ->> 'email' else u.email end,
      phone = case when p_values ? 'phone' then p_values ->> 'phone' else u.phone end
  where u.id = p_id;
end
$fn$;
revoke all on function lead_sync_private.write_user_values(uuid, jsonb) from public;
comment on function lead_sync_private.write_user_values(uuid, jsonb) is
'Set the contact values of a "user" that a pull brings; what is absent stays as it is.
Raises: what DomIQ''s columns and constraints refuse.
Writes: "user". DomIQ''s update triggers fire.';
