create or replace function lead_sync_private.read_pets(p_has_pets boolean, p_details jsonb)
returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $fn$
begin
  return case
    when p_has_pets is false then '[]'::jsonb
    when jsonb_typeof(p_details) = 'object' and jsonb_typeof(p_details -> 'pets') = 'array'
      then lead_sync_private.read_pets(p_has_pets, p_details -> 'pets')
    when jsonb_typeof(p_details) = 'object' and p_details ? 'type'
      then lead_sync_private.read_pets(p_has_pets, jsonb_build_array(p_details))
    when jsonb_typeof(p_details) = 'array' then (
      select jsonb_agg(jsonb_build_object('type', type, 'count', count) order by type)
      from (
        select lower(btrim(case jsonb_typeof(e) when 'string' then e #>> '{}'
                 else e ->> 'type' end)) as type,
               sum(case when e ->> 'count' ~ '^\d{1,3}$'
                 then (e ->> 'count')::integer else 1 end) as count
        from jsonb_array_elements(p_details) as e
        where jsonb_typeof(e) in ('string', 'object')
        group by 1) as pets
      where type <> '')
  end;
end
$fn$;
revoke all on function lead_sync_private.read_pets(boolean, jsonb) from public;
comment on function lead_sync_private.read_pets(boolean, jsonb) is
'Read conversation.has_pets and pet_details as a canonical list of pets.
Understood: a list of {"type","count"} or of names, one such object, or {"pets": list}.
Returns: the list, [] for no pets, SQL null where the details cannot be read as pets.';
