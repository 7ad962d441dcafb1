create or replace function lead_sync_private.trim_response(p_response jsonb)
returns jsonb
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $fn$
begin
  return p_response - 'items' || case
    when jsonb_typeof(p_response -> 'leads') = 'array' then jsonb_build_object('leads', (
      select coalesce(jsonb_agg(l), '[]')
      from (select l from jsonb_array_elements(p_response -> 'leads') as l limit 5) as few))
    else '{}' end;
end
$fn$;
revoke all on function lead_sync_private.trim_response(jsonb) from public;
comment on function lead_sync_private.trim_response(jsonb) is
'Cut an answer to what the log keeps of it: at most five leads, no look-up lists.';
