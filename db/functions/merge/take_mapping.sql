create or replace function lead_sync_private.take_mapping(p_conflict public.lead_sync_conflicts)
returns public.lead_sync_mapping
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $fn$
declare
  v_mapping public.lead_sync_mapping;
begin
  if p_conflict.mapping_id is null then
    raise exception using errcode = 'LS011', message = 'the conflict is not about a value',
      hint = 'resume_property ends what a guard has stopped.';
  end if;
  if p_conflict.conversation_id is not null then
    perform lead_sync_private.take_link(p_conflict.conversation_id);
  end if;
  select m.* into v_mapping
  from public.lead_sync_mapping m where m.id = p_conflict.mapping_id for update skip locked;
  if not found and exists (
      select from public.lead_sync_mapping m where m.id = p_conflict.mapping_id) then
    raise exception using errcode = 'LS011',
      message = 'the link is being written by another transaction',
      hint = 'Try again in a moment.';
  elsif v_mapping.mapping_status is distinct from 'active'
      or v_mapping.conversation_id is distinct from p_conflict.conversation_id then
    raise exception using errcode = 'LS011', message = 'the conflict is of no active link',
      hint = 'The lead was merged, deleted or suppressed since.';
  end if;
  return v_mapping;
end
$fn$;
revoke all on function lead_sync_private.take_mapping(public.lead_sync_conflicts) from public;
comment on function lead_sync_private.take_mapping(public.lead_sync_conflicts) is
'Lock the link of a conflict, and DomIQ''s rows before it.
Returns: the mapping. Raises: LS011. Locks: as take_link, then the mapping by SKIP LOCKED.';
