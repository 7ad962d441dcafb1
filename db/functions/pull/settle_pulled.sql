create or replace function lead_sync_private.settle_pulled(
  p_item public.lead_sync_queue, p_mapping public.lead_sync_mapping, p_merge jsonb,
  p_outcome text)
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
  v_row record;
  v_status text;
begin
  if p_merge -> 'pulled' <> '[]' or p_merge -> 'conflicts' <> '[]' or p_outcome <> 'updated' then
    perform lead_sync_private.write_log(p_item,
      case when p_merge -> 'conflicts' <> '[]' then 'conflict' else 'success' end,
      case p_outcome when 'created' then 'create' else 'update' end, '{}', null,
      p_details => jsonb_strip_nulls(jsonb_build_object('pulled', p_merge -> 'pulled',
        'conflicts', nullif(p_merge -> 'conflicts', '[]'),
        'suppressed', nullif(p_merge -> 'suppressed', '[]'))));
  end if;
  if p_merge -> 'pushed' <> '[]'
    and not lead_sync_private.is_held(p_mapping.conversation_id) and exists (
      select from lead_sync_private.lead l
      where l.conversation_id = p_mapping.conversation_id and l.ineligible is null) then
    perform lead_sync_private.enqueue_item(p_mapping.conversation_id, p_mapping.property_id,
      'push', 2);
    return;
  elsif p_merge -> 'pushed' <> '[]' then
    return;
  end if;
  v_status := case when (p_merge -> 'open' = 'true' or p_merge -> 'conflicts' <> '[]')
      and exists (
        select from public.lead_sync_conflicts c
        where c.conversation_id = p_mapping.conversation_id
          and coalesce(c.resolution_status in ('pending', 'manual_review'), false))
    then 'conflict' else 'synced' end;
  for v_row in
    select c.id, c.user_id, c.resman_sync_status, c.resman_lead_id,
      u.resman_sync_status as user_status, u.resman_contact_id
    from public.conversation c left join public."user" u on u.id = c.user_id
    where c.id = p_mapping.conversation_id
  loop
    if (v_row.resman_sync_status, v_row.resman_lead_id)
        is distinct from (v_status, p_mapping.resman_lead_id) then
      perform lead_sync_private.write_conversation(v_row.id, v_status,
        p_mapping.resman_lead_id, clock_timestamp());
    end if;
    if v_row.user_id is not null and p_mapping.contact_id is not null
       and v_row.user_status is distinct from v_status then
      perform lead_sync_private.write_user(v_row.user_id, v_status, p_mapping.contact_id,
        clock_timestamp());
    end if;
  end loop;
end
$fn$;
revoke all on function lead_sync_private.settle_pulled(public.lead_sync_queue,
  public.lead_sync_mapping, jsonb, text) from public;
comment on function lead_sync_private.settle_pulled(public.lead_sync_queue,
  public.lead_sync_mapping, jsonb, text) is
'Write the end of a pull to DomIQ''s rows, which the caller has locked: in step, in conflict, or with
a push to follow.
Writes: conversation, "user", lead_sync_log, lead_sync_queue.';
