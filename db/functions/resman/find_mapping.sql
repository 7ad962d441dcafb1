create or replace function lead_sync_private.find_mapping(
  p_conversation_id uuid, p_user_id uuid, p_property_id uuid)
returns public.lead_sync_mapping
language plpgsql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
set enable_bitmapscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $fn$
declare
  v_mapping public.lead_sync_mapping;
begin
  select m.* into v_mapping
  from public.lead_sync_mapping m
  where m.conversation_id = p_conversation_id and m.mapping_status <> 'merged';
  if not found then
    select m.* into v_mapping
    from lead_sync_private.follower f join public.lead_sync_mapping m on m.id = f.mapping_id
    where f.conversation_id = p_conversation_id;
  end if;
  if not found then
    select m.* into v_mapping
    from public.conversation c
    join public.lead_sync_mapping m on m.conversation_id = c.id
    where c.user_id = p_user_id and m.mapping_status <> 'merged'
      -- not for an index: planned among few rows, all links of the property would be read
      and coalesce(m.property_id = p_property_id and m.mapping_status = 'active', false)
    order by m.created_at, m.id limit 1;
  end if;
  return v_mapping;
end
$fn$;
revoke all on function lead_sync_private.find_mapping(uuid, uuid, uuid) from public;
comment on function lead_sync_private.find_mapping(uuid, uuid, uuid) is
'Find the link of a conversation: its own, unless that was merged into another, the one it follows,
or that of an earlier conversation of the same user at the same property.
Returns: the mapping''s row, all null without one.';
