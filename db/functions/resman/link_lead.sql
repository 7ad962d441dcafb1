create or replace function lead_sync_private.link_lead(
  p_item public.lead_sync_queue, p_outcome jsonb, p_saved boolean)
returns public.lead_sync_mapping
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $fn$
declare
  v_mapping public.lead_sync_mapping;
  v_user_id uuid;
  v_now timestamptz := clock_timestamp();
  v_moves boolean := coalesce(p_outcome -> 'domiq_base', '{}') <> '{}';
  v_versions jsonb := p_outcome -> 'versions';
  -- an enrichment has looked at the events alone: the values are still to be merged
  v_read_at timestamptz := case when p_item.sync_operation <> 'enrichment'
    then (p_outcome ->> 'read_at')::timestamptz end;
  v_before public.lead_sync_mapping;
begin
  select c.user_id into v_user_id
  from public.conversation c where c.id = p_item.conversation_id;
  v_mapping := lead_sync_private.find_mapping(p_item.conversation_id, v_user_id,
    p_item.property_id);
  if v_mapping.id is null then
    insert into public.lead_sync_mapping as m
      (conversation_id, resman_lead_id, property_id, contact_id, mapping_status, domiq_base,
       resman_base, rules_version, base_moved_at, base_unconfirmed, resman_read_at,
       sync_version, user_sync_version, last_sync_at, created_at, updated_at)
    values (p_item.conversation_id, p_item.resman_lead_id, p_item.property_id,
      p_outcome ->> 'contact_id', 'active', coalesce(p_outcome -> 'domiq_base', '{}'),
      coalesce(p_outcome -> 'resman_base', '{}'),
      (select max(n.version) from lead_sync_private.normaliser n),
      case when p_saved then v_now end, p_saved and v_moves, v_read_at,
      coalesce((v_versions ->> 'conversation')::integer, 1), (v_versions ->> 'user')::integer,
      v_now, v_now, v_now)
    on conflict do nothing
    returning m.* into v_mapping;
    if v_mapping.id is null then
      return null; -- the lead is linked to somebody else
    end if;
    if p_saved then
      v_before.id := v_mapping.id;
      v_before.domiq_base := '{}';
      perform lead_sync_private.keep_pushes(p_item, v_before, p_outcome);
    end if;
    return v_mapping;
  end if;
  if exists (
      select from public.lead_sync_mapping m
      where m.resman_lead_id = p_item.resman_lead_id and m.id <> v_mapping.id) then
    return null;
  elsif v_mapping.conversation_id is distinct from p_item.conversation_id then
    insert into lead_sync_private.follower (conversation_id, mapping_id)
    values (p_item.conversation_id, v_mapping.id)
    on conflict on constraint pk_follower do nothing;
  end if;
  if p_saved and v_mapping.mapping_status = 'active' then
    perform lead_sync_private.keep_pushes(p_item, v_mapping, p_outcome);
  end if;
  if v_mapping.resman_lead_id <> p_item.resman_lead_id then
    insert into lead_sync_private.lead_alias (resman_lead_id, mapping_id, kind)
    values (v_mapping.resman_lead_id, v_mapping.id, 'recreated')
    on conflict on constraint pk_lead_alias do nothing;
  end if;
  update public.lead_sync_mapping m
  set mapping_status = 'active',
      resman_lead_id = p_item.resman_lead_id,
      contact_id = coalesce(p_outcome ->> 'contact_id', m.contact_id),
      -- only what this save carried: the rest may have moved while it was under way
      domiq_base = case when m.mapping_status = 'active' then m.domiq_base else '{}' end
        || coalesce(p_outcome -> 'domiq_base', '{}'),
      resman_base = case when m.mapping_status = 'active' then m.resman_base else '{}' end
        || coalesce(p_outcome -> 'resman_base', '{}'),
      rules_version = case when m.mapping_status = 'active' and m.domiq_base <> '{}'
        then m.rules_version
        else (select max(n.version) from lead_sync_private.normaliser n) end,
      resman_seen = case when m.mapping_status = 'active' then m.resman_seen end
        || coalesce(p_outcome -> 'resman_base', '{}'),
      seen_hash = case when p_saved then null else m.seen_hash end,
      base_moved_at = case when p_saved then v_now else m.base_moved_at end,
      base_unconfirmed = m.base_unconfirmed or p_saved and v_moves,
      resman_read_at = greatest(m.resman_read_at, v_read_at),
      missing_reads = 0,
      sync_version = coalesce((v_versions ->> 'conversation')::integer, m.sync_version),
      user_sync_version = coalesce((v_versions ->> 'user')::integer, m.user_sync_version),
      last_sync_at = v_now, updated_at = v_now
  where m.id = v_mapping.id
  returning m.* into v_mapping;
  return v_mapping;
end
$fn$;
revoke all on function lead_sync_private.link_lead(public.lead_sync_queue, jsonb, boolean)
  from public;
comment on function lead_sync_private.link_lead(public.lead_sync_queue, jsonb, boolean) is
'Write what an acknowledged or converged push knows of the link: ids, bases, versions sent.
A conversation whose user already has a lead at the property follows that link.
Returns: the mapping; all null where the lead is linked to another user''s conversation.
Writes: lead_sync_mapping, follower.';
