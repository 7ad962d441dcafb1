create or replace function lead_sync_private.keep_summary(p_conversation_id uuid, p_text text)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $fn$
begin
  if btrim(p_text) <> '' then
    insert into lead_sync_private.lead_event (conversation_id, key, event_type)
    values (p_conversation_id,
      lead_sync_private.hash_key('summary', p_conversation_id::text, btrim(p_text)), 'Other')
    on conflict on constraint pk_lead_event do nothing;
  end if;
end
$fn$;
revoke all on function lead_sync_private.keep_summary(uuid, text) from public;
comment on function lead_sync_private.keep_summary(uuid, text) is
'Remember a summary that came from ResMan''s comment: it is no news there and is not sent as an event.
Writes: lead_event.';
