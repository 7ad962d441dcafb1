create or replace function lead_sync_private.keep_events(
  p_item public.lead_sync_queue, p_outcome jsonb)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
set enable_bitmapscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $fn$
begin
  insert into lead_sync_private.lead_event
    (conversation_id, key, event_type, event_at, notification_id)
  select p_item.conversation_id, e ->> 'key', e ->> 'type', (e ->> 'at')::timestamptz,
    (select (n ->> 'notification_id')::uuid
     from jsonb_array_elements(coalesce(p_outcome -> 'notifications', '[]')) as n
     where n ->> 'key' = e ->> 'key' limit 1)
  from jsonb_array_elements(coalesce(p_outcome -> 'seen', '[]')
    || coalesce(p_outcome -> 'events', '[]')) with ordinality as x(e, place)
  where e ->> 'key' ~ '^[0-9a-f]{8}$'
  order by place
  on conflict on constraint pk_lead_event do nothing;

  if p_outcome ? 'notifications' then
    perform lead_sync_private.write_notification(l.id, n ->> 'type', n ->> 'status',
      coalesce(n ->> 'resman_id', n ->> 'key'))
    from jsonb_array_elements(p_outcome -> 'notifications') as n
    join lateral (
      select x.id from public.lead_notification x
      where x.id = (n ->> 'notification_id')::uuid
      for no key update skip locked
    ) as l on true;
  end if;
end
$fn$;
revoke all on function lead_sync_private.keep_events(public.lead_sync_queue, jsonb) from public;
comment on function lead_sync_private.keep_events(public.lead_sync_queue, jsonb) is
'Remember the events that ResMan has acknowledged and mark their notifications. A notification that
another transaction holds stays not_synced and is recognised by its key the next time.
Writes: lead_event, lead_notification.';
