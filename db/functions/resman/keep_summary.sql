create or replace function lead_sync_private.keep_summary(p_conversation_id uuid, p_text text)
returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $fn$
  insert into lead_sync_private.lead_event (conversation_id, key, event_type)
  select p_conversation_id,
    lead_sync_private.hash_key('summary', p_conversation_id::text, btrim(p_text)), 'Other'
  where btrim(p_text) <> ''
  on conflict on constraint pk_lead_event do nothing;
$fn$;
revoke all on function lead_sync_private.keep_summary(uuid, text) from public;
comment on function lead_sync_private.keep_summary(uuid, text) is
'Remember a summary that came from ResMan''s comment: it is no news there and is not sent as an event.
Writes: lead_event.';
