create or replace function lead_sync_private.note_summary(
  p_conversation_id uuid, p_property_id uuid)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $fn$
begin
  insert into lead_sync_private.summary_due as d (conversation_id, due_at)
  select p_conversation_id, (s.event ->> 'due_at')::timestamptz
  from (select lead_sync_private.find_summary(p_conversation_id, p_property_id)) as s(event)
  where s.event is not null
  on conflict on constraint pk_summary_due do update set due_at = excluded.due_at;
end
$fn$;
revoke all on function lead_sync_private.note_summary(uuid, uuid) from public;
comment on function lead_sync_private.note_summary(uuid, uuid) is
'Note when a linked conversation''s summary is to be sent, where that is still to be done.
Writes: summary_due.';
