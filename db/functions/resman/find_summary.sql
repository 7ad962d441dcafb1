create or replace function lead_sync_private.find_summary(
  p_conversation_id uuid, p_property_id uuid)
returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
set enable_hashjoin = off
set enable_mergejoin = off
as $fn$
begin
  return jsonb_build_object('key', k.key, 'type', 'Other',
    'at', lead_sync_private.iso_time(
      coalesce(c.resman_field_times ->> 'comment', c.created_at::text, now()::text)),
    -- the whole stands in the lead's comment; a text cut short by ResMan would lose the mark
    'comment', 'DomIQ chat: ' || left(k.summary, 1000),
    'due_at', coalesce(least(c.end_time, greatest(c.created_at, (
        select max(t.value::timestamptz)
        from jsonb_each_text(coalesce(c.resman_field_times, '{}')) as t))
      + (lead_sync_private.get_setting(p_property_id, 'summary_quiet') #>> '{}')::numeric
        * interval '1 second'), now()))
  from public.conversation c
  cross join lateral (
    select btrim(c.ai_intent_summary) as summary,
      lead_sync_private.hash_key('summary', c.id::text, btrim(c.ai_intent_summary)) as key
  ) as k
  where c.id = p_conversation_id and k.summary <> ''
    and lead_sync_private.get_setting(p_property_id, 'summary_event') = 'true'
    and not exists (
      select from lead_sync_private.lead_event e
      where e.conversation_id = p_conversation_id and e.key = k.key);
end
$fn$;
revoke all on function lead_sync_private.find_summary(uuid, uuid) from public;
comment on function lead_sync_private.find_summary(uuid, uuid) is
'Find the summary of a conversation''s chat that ResMan has not been told as an event, and say when
it may be: once the chat has ended, or nothing of the conversation has been edited for the
property''s summary_quiet. A text that was sent, or that came from ResMan, is never sent again.
Returns: the event, with its key and "due_at"; null where there is nothing to tell or the property
wants none.';
