create or replace function lead_sync_private.take_plain(
  p_property_id uuid, p_rows lead_sync_private.pulled_lead[], p_rules jsonb)
returns setof lead_sync_private.plain_pull
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
set enable_bitmapscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $fn$
declare
  v_ids bigint[];
  v_row record;
  v_group record;
  v_rules jsonb;
  v_base jsonb;
  v_evidence jsonb;
  v_pull lead_sync_private.plain_pull;
begin
  if lead_sync_private.get_setting(p_property_id, 'write_mode') = '"shadow"' then
    return;
  end if;
  v_ids := array(
    select r.id
    from unnest(p_rows) as r
    -- offset: fences, so that no plan can begin with all links
    cross join lateral (
      select m.conversation_id from public.lead_sync_mapping m
      where m.resman_lead_id = r.resman_lead_id
      offset 0 for update skip locked) as m
    cross join lateral (
      select from public.conversation c join public."user" u on u.id = c.user_id
      where c.id = m.conversation_id
      offset 0 for no key update skip locked) as c
    where pg_try_advisory_xact_lock(
      hashtextextended(p_property_id || 'lead:' || r.resman_lead_id, 7813528840112739842)));

  -- a statement of its own: as all is now that it is locked
  for v_row in
    select r.id, r.item_id, r.issued_at, m.link, m.id as mapping_id, m.conversation_id,
      m.resman_lead_id, m.domiq_base, m.resman_base, m.base_unconfirmed, u.status,
      lead_sync_private.with_tour(m.conversation_id, r.lead) as read,
      lead_sync_private.build_lead(m.conversation_id, m.id) as domiq
    from unnest(p_rows) as r
    cross join lateral (
      select x as link, x.* from public.lead_sync_mapping x
      where x.resman_lead_id = r.resman_lead_id
      offset 0) as m
    cross join lateral (
      select c.status, u.resman_sync_status
      from public.conversation c join public."user" u on u.id = c.user_id
      where c.id = m.conversation_id
      offset 0) as u
    where r.id = any (v_ids) and m.property_id = p_property_id and m.mapping_status = 'active'
      and m.suppressed = '{}'
      and m.rules_version = (p_rules -> 'version')::integer
      -- what is out of date, or ahead of a clock that has stepped back, is merge_pulled's
      and (r.issued_at <= m.base_moved_at or r.issued_at < m.resman_read_at
        or greatest(r.issued_at, m.base_moved_at, m.resman_read_at) > clock_timestamp())
        is not true
      and (u.resman_sync_status = 'synced' or m.contact_id is null)
      and not exists (
        select from lead_sync_private.follower f where f.mapping_id = m.id offset 0)
      and not exists (
        select from public.lead_sync_conflicts k
        where k.conversation_id = m.conversation_id
          and coalesce(k.resolution_status in ('pending', 'manual_review'), false)
        offset 0)
      and not lead_sync_private.is_in_flight(null, m.conversation_id, r.item_id)
      and not lead_sync_private.is_entombed(p_property_id, null, r.resman_lead_id, r.lead)
  loop
    v_base := v_row.resman_base;
    if v_row.base_unconfirmed then -- the first read after a save
      v_base := lead_sync_private.adjust_base('{}', v_row.link, v_row.read, p_rules) -> 'resman';
    end if;
    v_rules := p_rules || lead_sync_private.still_groups(p_rules, v_row.domiq_base, v_base,
      v_row.domiq, v_row.read);
    -- a contact value is for the user's row, and DomIQ makes a stage of a tour: apply_pull's
    continue when not ((v_rules -> 'still') || (v_rules -> 'silent'))
      ?& array['name', 'email', 'phone', 'tour'];
    v_evidence := '{}';
    if v_rules -> 'simple' <> 'true' then
      v_evidence := lead_sync_private.gather_evidence(v_row.conversation_id, v_row.link,
        v_rules);
    end if;
    v_pull := row(v_row.id, v_row.item_id, v_row.issued_at, v_row.mapping_id,
      v_row.conversation_id, v_row.resman_lead_id::text, v_row.read, v_row.domiq,
      v_row.domiq_base, v_base, '{}'::jsonb, '[]'::jsonb);
    for v_group in
      select g.* from lead_sync_private.merge_lead(v_rules, v_row.domiq_base, v_base,
        v_row.domiq, v_row.read, v_evidence) as g
      where g.action <> 'skip'
    loop
      if v_group.action = 'in_sync' then
        v_pull.domiq_base := v_pull.domiq_base || (v_group.base -> 'domiq');
        v_pull.resman_base := v_pull.resman_base || (v_group.base -> 'resman');
      elsif v_group.action = 'pull' and not lead_sync_private.is_flipping(v_row.mapping_id,
          v_group.field_group, 'pull', v_group.result)
      then
        if v_group.field_group = 'status' then
          -- one word is put in the place of DomIQ's finer ones: the history keeps this one
          v_group.domiq := v_group.domiq
            || jsonb_strip_nulls(jsonb_build_object('text', v_row.status));
        end if;
        v_pull.domiq_base := v_pull.domiq_base || v_group.result;
        v_pull.resman_base := v_pull.resman_base || v_group.resman;
        v_pull.told := v_pull.told || v_group.result;
        v_pull.changes := v_pull.changes || to_jsonb(v_group);
      else
        v_pull.changes := '[]';
        exit;
      end if;
    end loop;
    if v_pull.changes <> '[]' then
      return next v_pull;
    end if;
  end loop;
end
$fn$;
revoke all on function lead_sync_private.take_plain(uuid, lead_sync_private.pulled_lead[], jsonb)
  from public;
comment on function lead_sync_private.take_plain(uuid, lead_sync_private.pulled_lead[], jsonb) is
'Take those of a pull''s leads that are merged without a word: linked and in step, but for values of
the conversation, a tour aside, that ResMan alone has changed. They are most of those that a pull
brings, and write_plain writes them all at once; each of the others is apply_lead''s.
p_rows: of the property, a lead once. p_rules: merge_rules of the property.
Returns: what write_plain is to write.
Locks: by try, of every linked one: the lead''s advisory lock, its link FOR UPDATE, "user" and
conversation FOR NO KEY UPDATE.';
