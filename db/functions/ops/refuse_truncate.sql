create or replace function lead_sync_private.refuse_truncate()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $fn$
begin
  if not pg_has_role('lead_sync_owner', 'usage') then
    raise insufficient_privilege using
      message = format('permission denied for table %s', tg_table_name),
      detail = 'Only members of lead_sync_owner may empty it.';
  end if;
  return null;
end
$fn$;
revoke all on function lead_sync_private.refuse_truncate() from public;
comment on function lead_sync_private.refuse_truncate() is
'Refuse a TRUNCATE by whoever is not the package''s owner. Row-level security does not cover it, and
a grant of DomIQ''s on all tables of public includes it. Trigger.
Raises: 42501.';
