create or replace function lead_sync_private.plan_pull(
  p_item public.lead_sync_queue, p_state jsonb)
returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $fn$
declare
  v_lead_id text := p_item.sync_data ->> 'lead_id';
  v_window jsonb := p_state -> 'window';
  v_integration public.resman_integration;
  v_from timestamptz;
  v_to timestamptz;
  v_until timestamptz;
begin
  select i.* into v_integration
  from public.resman_integration i where i.property_id = p_item.property_id;
  if not found or v_integration.sync_direction = 'to_resman' then
    return jsonb_build_object('end', 'cancelled', 'code', 'direction',
      'message', 'the property does not pull');
  elsif p_item.sync_data ? 'reconcile' then
    return lead_sync_private.plan_sweep(p_item, p_state);
  elsif v_lead_id is not null then
    return lead_sync_private.ask(p_state, 'lead', jsonb_build_object('call', 'search_leads',
      'by', jsonb_build_object('lead_id', v_lead_id)));
  end if;
  -- times on ResMan's clock, to the second; the overlap makes up for what differs
  v_until := coalesce((v_window ->> 'until')::timestamptz,
    (p_item.sync_data ->> 'until')::timestamptz, clock_timestamp());
  v_from := coalesce((v_window ->> 'from')::timestamptz,
    (p_item.sync_data ->> 'since')::timestamptz,
    lead_sync_private.pull_start(p_item.property_id));
  v_to := least(v_until, v_from + coalesce((v_window ->> 'width')::numeric,
    (lead_sync_private.get_setting(p_item.property_id, 'pull_window') #>> '{}')::numeric)
    * interval '1 second');
  if v_from >= v_until then
    return '{"end": "pulled"}'::jsonb;
  end if;
  return lead_sync_private.ask(
    p_state || jsonb_build_object('window', coalesce(v_window, '{}') || jsonb_build_object(
      'from', to_jsonb(v_from), 'to', to_jsonb(v_to), 'until', to_jsonb(v_until))),
    'window', jsonb_build_object('call', 'search_leads', 'by', jsonb_build_object(
      -- whether ResMan takes its bounds as inclusive is unknown: two windows share two seconds
      'modified_from', lead_sync_private.iso_time((v_from - interval '2 seconds')::text),
      'modified_to', lead_sync_private.iso_time((v_to + interval '1 second')::text))));
end
$fn$;
revoke all on function lead_sync_private.plan_pull(public.lead_sync_queue, jsonb) from public;
comment on function lead_sync_private.plan_pull(public.lead_sync_queue, jsonb) is
'Plan the next read of a pull: the one lead it names, or the next window of modified leads.
The state''s window: {"from","to","until","width"}, until: the start of this pull, width: seconds.
Returns: a plan, as plan_item; {"end": "pulled"} where all has been read.';
