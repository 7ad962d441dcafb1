create or replace function lead_sync_private.write_new_user(p_values jsonb)
returns uuid
language sql volatile
-- public: DomIQ's own triggers name their tables without a schema
set search_path = pg_catalog, public, pg_temp
as $fn$
  insert into public."user" (first_name, last_name, email, phone, lead_source)
  values (coalesce(nullif(btrim(p_values ->> 'first_name'), ''), '-'),
    coalesce(nullif(btrim(p_values ->> 'last_name'), ''), '-'),
    p_values ->> 'email', p_values ->> 'phone', 'resman')
  returning id;
$fn$;
revoke all on function lead_sync_private.write_new_user(jsonb) from public;
comment on function lead_sync_private.write_new_user(jsonb) is
'Make a "user" of a lead that ResMan alone has; a name that ResMan does not show is a dash, for
DomIQ wants one.
Returns: its id. Raises: what DomIQ''s columns and constraints refuse.
Writes: "user".';
