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
    from public.lead_sync_mapping m
    where m.id = (
      select f.mapping_id from lead_sync_private.follower f
      where f.conversation_id = p_conversation_id);
  end if;
  if not found then
    select m.* into v_mapping
    from public.conversation c
    -- offset: a fence, since among few rows the join would be planned to walk all links
    cross join lateral (
      select x.* from public.lead_sync_mapping x
      where x.conversation_id = c.id and x.mapping_status <> 'merged'
      offset 0) as m
    where c.user_id = p_user_id and m.property_id = p_property_id
      and m.mapping_status = 'active'
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
