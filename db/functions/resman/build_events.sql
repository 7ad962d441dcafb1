create or replace function lead_sync_private.build_events(
  p_item public.lead_sync_queue, p_mapping public.lead_sync_mapping, p_domiq jsonb,
  p_read jsonb, p_merge jsonb, p_found jsonb default null)
returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $fn$
declare
  v_id text := p_item.conversation_id::text;
  -- moves when a save is acknowledged, not between the attempts of one: same event, same key
  v_round text := coalesce(p_mapping.base_moved_at::text, 'new');
  v_agent jsonb;
  -- an appointment that has arrived makes the next one another
  v_tours text := '0';
  v_now text;
  v_events jsonb := '[]'::jsonb;
  v_source jsonb;
  v_reason jsonb;
  -- as ResMan shows it now: an answer may have been lost since the base moved
  v_old_tour text := p_read ->> 'tour_at';
begin
  if p_read is not null then
    if not p_merge -> 'pushed' ?| array['tour', 'status'] then
      return v_events;
    end if;
    v_tours := jsonb_array_length(jsonb_path_query_array(p_read,
      '$.events[*] ? (@.type == "Appointment")'))::text;
    v_now := lead_sync_private.iso_time(clock_timestamp()::text);
  end if;
  v_agent := coalesce(p_found -> 'agent',
    lead_sync_private.resolve_agent(p_item.property_id));
  if p_read is null then
    v_source := coalesce(p_found -> 'source',
      lead_sync_private.resolve_source(p_item.property_id, p_item.conversation_id));
    v_events := v_events || jsonb_build_object('type', 'Contact', 'first_contact', true,
      'at', (select lead_sync_private.iso_time(coalesce(c.created_at, now())::text)
             from public.conversation c where c.id = p_item.conversation_id),
      'source_id', v_source -> 'id', 'agent', v_agent,
      'comment', 'Lead from the DomIQ chat',
      'key', lead_sync_private.hash_key('create', v_id));
  end if;
  if p_merge -> 'pushed' ? 'tour' then
    v_events := v_events || jsonb_build_object('type', 'Appointment',
      'at', p_domiq -> 'tour_at', 'agent', v_agent, 'comment', 'Tour booked in the DomIQ chat',
      'key', lead_sync_private.hash_key('tour', v_id, p_domiq ->> 'tour_at', v_round,
        v_tours));
    if v_old_tour is not null then
      v_events := v_events || jsonb_build_object('type', 'Other', 'at', v_now,
        'agent', v_agent,
        'comment', format('Tour moved: the appointment of %s is void', v_old_tour),
        'key', lead_sync_private.hash_key('tour moved', v_id, v_old_tour, v_round, v_tours));
    end if;
  end if;
  if p_read is not null and p_merge -> 'pushed' ? 'status' then
    if p_domiq ->> 'status' = 'lost' then
      v_reason := lead_sync_private.resolve_lost_reason(p_item.property_id);
      if v_reason is null then
        return null;
      end if;
      v_events := v_events || jsonb_build_object('type', 'Cancel', 'at', v_now,
        'agent', v_agent, 'source_id', v_reason -> 'id', 'comment', 'Marked lost in DomIQ',
        'key', lead_sync_private.hash_key('lost', v_id, v_round));
    else
      v_events := v_events || jsonb_build_object('type', 'ReActivate', 'at', v_now,
        'agent', v_agent, 'comment', 'Active again in DomIQ',
        'key', lead_sync_private.hash_key('reactivate', v_id, v_round));
    end if;
  end if;
  if p_read is null then
    return jsonb_strip_nulls(v_events);
  end if;
  return (
    select coalesce(jsonb_agg(jsonb_strip_nulls(e) order by n), '[]')
    from jsonb_array_elements(v_events) with ordinality as x(e, n)
    where not jsonb_path_exists(p_read, '$.events[*].key ? (@ == $key)',
      jsonb_build_object('key', e -> 'key'))
  );
end
$fn$;
revoke all on function lead_sync_private.build_events(public.lead_sync_queue,
  public.lead_sync_mapping, jsonb, jsonb, jsonb, jsonb) from public;
comment on function lead_sync_private.build_events(public.lead_sync_queue,
  public.lead_sync_mapping, jsonb, jsonb, jsonb, jsonb) is
'List the events a push sends with a lead: the first contact of a create, a tour booked or moved,
lost, reactivated. Those that ResMan shows already are left out.
p_found: the source and agent, where they are known already.
Returns: an array; null where a lost reason is needed and none is known.';
