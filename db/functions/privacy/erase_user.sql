create or replace function lead_sync.erase_user(p_user_id uuid)
returns jsonb
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $fn$
declare
  v_id uuid;
  v_erased jsonb;
  v_result jsonb := '{}'::jsonb;
begin
  if not exists (select from public."user" u where u.id = p_user_id) then
    raise exception using errcode = 'LS002', message = 'no such user',
      hint = 'Erase before the user is deleted in DomIQ; a deletion leaves a tombstone by itself.';
  end if;
  for v_id in select c.id from public.conversation c where c.user_id = p_user_id order by c.id loop
    v_erased := lead_sync.erase_lead(v_id);
    v_result := (
      select coalesce(jsonb_object_agg(k, coalesce((v_result ->> k)::bigint, 0)
        + coalesce((v_erased ->> k)::bigint, 0)), '{}')
      from jsonb_object_keys(v_result || v_erased) as k);
  end loop;
  perform lead_sync_private.write_erased_user(p_user_id);
  return v_result;
end
$fn$;
revoke all on function lead_sync.erase_user(uuid) from public;
grant execute on function lead_sync.erase_user(uuid) to lead_sync_service;
comment on function lead_sync.erase_user(uuid) is
'Erase what the package keeps of a user at every property, as erase_lead.
Returns: how much was removed, by table.
Raises: LS002, LS011.
Writes: as erase_lead; the package''s columns of "user".';
