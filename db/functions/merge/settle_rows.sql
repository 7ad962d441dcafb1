create or replace function lead_sync_private.settle_rows(
  p_mapping public.lead_sync_mapping, p_pushes boolean)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $fn$
declare
  v_row record;
  v_status text;
begin
  v_status := case
    when exists (
      select from public.lead_sync_conflicts c
      where c.conversation_id = p_mapping.conversation_id
        and coalesce(
          c.resolution_status in ('pending', 'manual_review'), false)) then 'conflict'
    when p_pushes or exists (
      select from public.lead_sync_queue q
      where q.conversation_id = p_mapping.conversation_id and q.status = 'pending'
        and q.sync_operation in ('push', 'status_update')) then 'not_synced'
    else 'synced' end;
  for v_row in
    select c.id, c.user_id, c.resman_sync_status, u.resman_sync_status as user_status
    from public.conversation c left join public."user" u on u.id = c.user_id
    where c.id = p_mapping.conversation_id
  loop
    if v_row.user_id is not null and v_row.user_status is distinct from v_status then
      perform lead_sync_private.write_user(v_row.user_id, v_status, p_mapping.contact_id, null);
    end if;
    if v_row.resman_sync_status is distinct from v_status then
      perform lead_sync_private.write_conversation(v_row.id, v_status, p_mapping.resman_lead_id);
    end if;
  end loop;
end
$fn$;
revoke all on function lead_sync_private.settle_rows(public.lead_sync_mapping, boolean) from public;
comment on function lead_sync_private.settle_rows(public.lead_sync_mapping, boolean) is
'Show on DomIQ''s rows, which the caller has locked, how a link stands after a decision.
Writes: "user", conversation.';
