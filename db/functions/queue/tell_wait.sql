create or replace function lead_sync_private.tell_wait(p_request jsonb, p_wait_s numeric)
returns jsonb
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $fn$
begin
  return case when p_wait_s > 0
    then p_request || jsonb_build_object('wait_s', p_wait_s) else p_request end;
end
$fn$;
revoke all on function lead_sync_private.tell_wait(jsonb, numeric) from public;
comment on function lead_sync_private.tell_wait(jsonb, numeric) is
'Add to a request for how many seconds it has to wait before it is sent, where it has.';
