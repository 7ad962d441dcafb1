create or replace function lead_sync_private.check_response(
  p_item_id uuid, p_lease_token uuid, p_response jsonb)
returns void
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $fn$
declare
  v_wrong text := case
    when p_item_id is null or p_lease_token is null then 'item id or lease token is missing'
    when jsonb_typeof(p_response) is distinct from 'object' then 'response is not an object'
    when coalesce(p_response ->> 'outcome', '') not in ('ok', 'failed')
      then 'response has no outcome'
    when p_response ? 'leads' and jsonb_typeof(p_response -> 'leads') <> 'array'
      then 'leads are not a list'
    when p_response ? 'items' and jsonb_typeof(p_response -> 'items') <> 'array'
      then 'items are not a list'
    when p_response ->> 'outcome' = 'failed'
      and jsonb_typeof(p_response -> 'kind') is distinct from 'string'
      then 'failed response has no kind'
    when pg_column_size(p_response) > 33554432 then 'response is larger than 32 MiB'
  end;
begin
  if v_wrong is not null then
    raise exception using errcode = 'LS001', message = v_wrong,
      hint = 'Give {"outcome":"ok","leads":[…]|"items":[…]} or '
             '{"outcome":"failed","kind":…,"code":…,"message":…}.';
  end if;
end
$fn$;
revoke all on function lead_sync_private.check_response(uuid, uuid, jsonb) from public;
comment on function lead_sync_private.check_response(uuid, uuid, jsonb) is
'Refuse what is no response before anything is changed.
Raises: LS001.';
