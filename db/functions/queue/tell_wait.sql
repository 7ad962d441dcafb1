create or replace function lead_sync_private.tell_wait(p_request jsonb, p_wait_s numeric)
returns jsonb
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $fn$
begin
  return case when p_wait_s is not null
    then p_request || jsonb_build_object('wait_s', p_wait_s) else p_request end;
end
$fn$;
revoke all on function lead_sync_private.tell_wait(jsonb, numeric) from public;
comment on function lead_sync_private.tell_wait(jsonb, numeric) is
'Add to a request the seconds until its place under a rate limit, 0 for at once, where it has one.';
