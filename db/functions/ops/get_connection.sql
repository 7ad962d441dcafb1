create or replace function lead_sync.get_connection(p_property_id uuid)
returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $fn$
declare
  v_result jsonb := lead_sync_private.build_connection(p_property_id, interval '1 hour');
begin
  if v_result is null then
    raise exception using errcode = 'LS003', message = 'property has no integration',
      hint = 'Add one with configure_integration or leadsync integration add.';
  end if;
  return v_result;
end
$fn$;
revoke all on function lead_sync.get_connection(uuid) from public;
grant execute on function lead_sync.get_connection(uuid) to lead_sync_runner;
comment on function lead_sync.get_connection(uuid) is
'Read how to reach ResMan for a property, for a test of its credentials.
Returns: the connection, as claim_items gives it; the credentials stay sealed.
Raises: LS003.';
