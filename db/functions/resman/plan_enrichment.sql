create or replace function lead_sync_private.plan_enrichment(
  p_item public.lead_sync_queue, p_state jsonb, p_found jsonb)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
set enable_bitmapscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $fn$
declare
  v_read jsonb := p_found -> 'lead';
  v_agent jsonb := lead_sync_private.resolve_agent(p_item.property_id);
  v_summary jsonb := lead_sync_private.plan_summary(p_item, p_found -> 'lead');
  v_notifications jsonb;
  v_events jsonb;
  v_outcome jsonb;
begin
  select coalesce(jsonb_agg(jsonb_build_object(
      'notification_id', n.id, 'key', k.key, 'type', n.notification_type, 'status', n.status,
      'at', lead_sync_private.iso_time(coalesce(n.sent_at, n.created_at, now())::text),
      'resman_id', seen.id, 'seen', seen.key is not null) order by n.created_at, n.id), '[]')
  into v_notifications
  from (
    select n.* from public.lead_notification n
    where n.conversation_id = p_item.conversation_id
      and n.resman_sync_status is distinct from 'synced'
    order by n.created_at, n.id limit 50
  ) as n
  cross join lateral (select lead_sync_private.hash_key('notification', n.id::text,
    n.notification_type, n.status) as key) as k
  left join lateral (
    select e ->> 'key' as key, e ->> 'id' as id
    from jsonb_array_elements(case when jsonb_typeof(v_read -> 'events') = 'array'
      then v_read -> 'events' else '[]' end) as e
    where e ->> 'key' = k.key limit 1
  ) as seen on true;

  select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
      'type', 'Other', 'at', n -> 'at', 'key', n -> 'key', 'agent', v_agent,
      'comment', format('DomIQ notification: %s%s', replace(n ->> 'type', '_', ' '),
        ' (' || (n ->> 'status') || ')')))), '[]') || (v_summary -> 'events')
  into v_events
  from jsonb_array_elements(v_notifications) as n
  where not (n -> 'seen')::boolean;

  v_outcome := jsonb_build_object('lead_id', v_read -> 'lead_id',
    'contact_id', v_read -> 'contact_id', 'read_at', p_found -> 'read_at',
    'notifications', v_notifications, 'events', v_events, 'seen', v_summary -> 'seen');
  if v_events = '[]' then
    return jsonb_build_object('end', 'synced', 'outcome', v_outcome);
  end if;
  return lead_sync_private.plan_request(p_item, p_state, v_outcome, v_read, v_events);
end
$fn$;
revoke all on function lead_sync_private.plan_enrichment(public.lead_sync_queue, jsonb, jsonb)
  from public;
comment on function lead_sync_private.plan_enrichment(public.lead_sync_queue, jsonb, jsonb) is
'Plan the notifications of a conversation, and its summary once that is due, as events of its lead,
those that ResMan shows already left out; the lead itself is sent back as it was read.
Returns: a plan, as plan_item.
Writes: as stop_property, where the property has written too much.';
