create or replace function lead_sync_private.read_uuid(p_text text)
returns uuid
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $fn$
begin
  return case when p_text ~ '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$'
    then p_text::uuid end;
end
$fn$;
revoke all on function lead_sync_private.read_uuid(text) from public;
comment on function lead_sync_private.read_uuid(text) is
'Read a uuid out of text that may be anything.
Returns: null where it is none.';
