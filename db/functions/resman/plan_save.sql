create or replace function lead_sync_private.plan_save(
  p_item public.lead_sync_queue, p_state jsonb, p_mapping public.lead_sync_mapping,
  p_found jsonb)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $fn$
declare
  v_read jsonb := nullif(p_found -> 'lead', 'null');
  v_mapping public.lead_sync_mapping := p_mapping;
  v_shadow boolean :=
    lead_sync_private.get_setting(p_item.property_id, 'write_mode') = '"shadow"';
  v_summary jsonb;
  v_merge jsonb;
  v_lead jsonb;
  v_events jsonb;
  v_outcome jsonb;
  v_sent jsonb := coalesce(p_state -> 'sent', '{}');
  v_seen jsonb;
begin
  if v_read is null then
    v_merge := jsonb_build_object('versions',
      lead_sync_private.lead_versions(p_item.conversation_id));
    v_merge := v_merge || lead_sync_private.plan_new_lead(
      lead_sync_private.build_lead(p_item.conversation_id, p_mapping.id));
    v_lead := v_merge -> 'send';
  else
    if not v_shadow and v_mapping.mapping_status is distinct from 'active' then
      v_mapping := lead_sync_private.open_link(p_item, v_mapping, v_read);
      if v_mapping.id is null then
        return jsonb_build_object('ambiguous', true, 'end', 'ambiguous',
          'message', 'the lead in ResMan belongs to another conversation''s user',
          'leads', jsonb_build_array(v_read));
      end if;
    end if;
    v_read := lead_sync_private.with_tour(p_item.conversation_id, v_read, v_sent);
    v_merge := lead_sync_private.merge_groups(p_item, p_state, v_mapping, v_read,
      (p_found ->> 'read_at')::timestamptz, v_shadow);
    if lead_sync_private.is_held(
        coalesce(v_mapping.conversation_id, p_item.conversation_id)) then
      -- a critical conflict stops this lead's pushes until a person has decided
      v_merge := v_merge || '{"send": {}, "pushed": [], "domiq_base": {}, "resman_base": {}}';
    end if;
    v_lead := v_read || (v_merge -> 'send');
  end if;

  v_events := lead_sync_private.build_events(p_item, v_mapping, v_merge -> 'domiq', v_read,
    v_merge, p_found);
  if v_events is null then
    return lead_sync_private.need_lost_reason(p_state);
  end if;
  v_summary := lead_sync_private.plan_summary(p_item, v_read);
  v_events := v_events || (v_summary -> 'events');
  v_seen := v_summary -> 'seen';
  if v_read is not null and v_sent ?| array['seen', 'events'] then
    -- events of a lost answer that ResMan shows: to be kept with those of this save
    v_seen := v_seen || (select coalesce(jsonb_agg(e), '[]')
      from jsonb_array_elements(coalesce(v_sent -> 'seen', '[]')
        || coalesce(v_sent -> 'events', '[]')) as e
      where v_read @> jsonb_build_object('events', jsonb_build_array(
        jsonb_build_object('key', e -> 'key'))));
  end if;

  v_outcome := (v_merge - array['send', 'rows', 'domiq', 'now_domiq', 'now_resman', 'failed',
      'conflict_ids', 'rules_version', 'silent', 'open']) || jsonb_build_object(
    'lead_id', v_read -> 'lead_id', 'contact_id', v_read -> 'contact_id',
    'read_at', p_found -> 'read_at', 'events', v_events, 'seen', v_seen,
    'create_key', case when v_read is null then v_events #> '{0,key}' end);
  if v_shadow then
    v_outcome := v_outcome || jsonb_build_object('would', case when v_read is null then 'create'
      when v_mapping.mapping_status = 'active' then 'update' else 'link' end);
  end if;
  if v_read is not null and v_merge -> 'send' = '{}' and v_events = '[]' then
    if v_shadow and (v_outcome ->> 'would' = 'link' or v_merge -> 'pulled' <> '[]'
        or v_merge -> 'conflicts' <> '[]') then
      return jsonb_build_object('end', 'shadow', 'outcome', v_outcome);
    end if;
    return jsonb_build_object('end', 'synced', 'outcome', v_outcome);
  end if;
  return lead_sync_private.plan_request(p_item, p_state, v_outcome, v_lead, v_events);
end
$fn$;
revoke all on function lead_sync_private.plan_save(public.lead_sync_queue, jsonb,
  public.lead_sync_mapping, jsonb) from public;
comment on function lead_sync_private.plan_save(public.lead_sync_queue, jsonb,
  public.lead_sync_mapping, jsonb) is
'Plan a push against the lead as just read, or a create where the search found none. What ResMan
changed is taken over at once; then a save carries DomIQ''s value for the groups being pushed and
ResMan''s, as read, for all others: nothing in ResMan is overwritten that changed since both last
agreed. The summary of a chat that is over goes with it as an event.
Returns: a plan, as plan_item.
Raises: lock_not_available where DomIQ''s rows cannot be locked at once.
Writes: as merge_groups and open_link; create_intent.';
