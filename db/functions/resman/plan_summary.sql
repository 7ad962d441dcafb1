create or replace function lead_sync_private.plan_summary(
  p_item public.lead_sync_queue, p_read jsonb)
returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $fn$
begin
  return (
    with due as (
      select s.event - 'due_at' || jsonb_strip_nulls(jsonb_build_object(
          'agent', lead_sync_private.resolve_agent(p_item.property_id))) as event,
        jsonb_path_exists(coalesce(p_read, '{}'), '$.events[*].key ? (@ == $key)',
          jsonb_build_object('key', s.event -> 'key')) as seen
      from (select lead_sync_private.find_summary(p_item.conversation_id,
        p_item.property_id)) as s(event)
      where (s.event ->> 'due_at')::timestamptz <= clock_timestamp()
    )
    select jsonb_build_object(
      'events', coalesce(jsonb_agg(d.event) filter (where not d.seen), '[]'),
      'seen', coalesce(jsonb_agg(d.event) filter (where d.seen), '[]'))
    from due d);
end
$fn$;
revoke all on function lead_sync_private.plan_summary(public.lead_sync_queue, jsonb) from public;
comment on function lead_sync_private.plan_summary(public.lead_sync_queue, jsonb) is
'Plan the chat''s summary as an event of the lead, once it is due. One that ResMan shows already, of
a save whose answer was lost, is not sent again.
p_read: the lead as just read; null where it is to be created.
Returns: {"events","seen"}: what to send, and what is known to be there; arrays of one or none.';
