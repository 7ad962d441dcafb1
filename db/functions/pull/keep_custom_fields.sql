create or replace function lead_sync_private.keep_custom_fields(
  p_conversation_id uuid, p_read jsonb)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
set enable_bitmapscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $fn$
declare
  v_kept jsonb;
  v_fields jsonb;
begin
  select c.resman_custom_fields into v_kept
  from public.conversation c where c.id = p_conversation_id;
  -- what the read does not show was not observed, and stays
  select coalesce(jsonb_object_agg(e.key, e.value), '{}') into v_fields
  from jsonb_each(case when jsonb_typeof(v_kept) = 'object' then v_kept else '{}' end
    || p_read) as e
  left join lead_sync_private.lead_field f on f.field = e.key
  where (f.custom or f.field is null)
    and e.key not in ('lead_id', 'contact_id', 'events', 'tour_at') and e.value <> 'null';
  if coalesce(v_kept, '{}') <> v_fields then
    perform lead_sync_private.write_custom_fields(p_conversation_id, v_fields);
  end if;
end
$fn$;
revoke all on function lead_sync_private.keep_custom_fields(uuid, jsonb) from public;
comment on function lead_sync_private.keep_custom_fields(uuid, jsonb) is
'Keep on a conversation what ResMan alone knows of its lead, if that has changed: what a read does
not show stays, what it shows as blank goes.
Writes: conversation.';
