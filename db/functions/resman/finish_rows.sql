create or replace function lead_sync_private.finish_rows(
  p_item public.lead_sync_queue, p_mapping public.lead_sync_mapping, p_outcome jsonb)
returns boolean
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
set enable_bitmapscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $fn$
declare
  v_row record;
  v_now timestamptz := clock_timestamp();
  v_conversation_moved boolean;
  v_user_moved boolean;
  v_open boolean;
begin
  if p_item.sync_operation = 'enrichment' then
    perform lead_sync_private.write_conversation(p_item.conversation_id, c.resman_sync_status,
      p_mapping.resman_lead_id, v_now)
    from public.conversation c where c.id = p_item.conversation_id;
    return false;
  end if;

  select c.resman_sync_version as conversation_version, c.user_id,
    u.resman_sync_version as user_version
  into v_row
  from public.conversation c left join public."user" u on u.id = c.user_id
  where c.id = p_item.conversation_id;
  v_conversation_moved := coalesce(p_outcome -> 'again', 'false') = 'true'
    or v_row.conversation_version
      is distinct from (p_outcome #>> '{versions,conversation}')::integer;
  v_user_moved := v_row.user_version is distinct from (p_outcome #>> '{versions,user}')::integer;
  -- one by one and by the conversation's index alone: planned among few rows, IN, or the
  -- condition of the partial indexes, would walk all that are open
  v_open := exists (
      select from public.lead_sync_conflicts c
      where c.conversation_id = p_item.conversation_id
        and coalesce(c.resolution_status in ('pending', 'manual_review'), false))
    or exists (
      select from public.lead_sync_conflicts c
      where c.conversation_id = p_mapping.conversation_id
        and coalesce(c.resolution_status in ('pending', 'manual_review'), false));

  perform lead_sync_private.write_conversation(p_item.conversation_id,
    case when v_conversation_moved or v_user_moved then 'not_synced'
         when v_open then 'conflict' else 'synced' end,
    p_mapping.resman_lead_id, v_now);
  if v_row.user_id is not null then
    perform lead_sync_private.write_user(v_row.user_id,
      case when v_user_moved or p_mapping.contact_id is null then 'not_synced'
           when v_open then 'conflict' else 'synced' end,
      p_mapping.contact_id, v_now);
  end if;
  return v_conversation_moved or v_user_moved;
end
$fn$;
revoke all on function lead_sync_private.finish_rows(public.lead_sync_queue,
  public.lead_sync_mapping, jsonb) from public;
comment on function lead_sync_private.finish_rows(public.lead_sync_queue,
  public.lead_sync_mapping, jsonb) is
'Write the end of a push to DomIQ''s rows, which the caller has locked.
Returns: whether an edit has come since the values were read: the rows stay not_synced and the next
push is to be queued.
Writes: conversation, "user".';
