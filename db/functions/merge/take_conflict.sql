create or replace function lead_sync_private.take_conflict(p_conflict_id uuid)
returns public.lead_sync_conflicts
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $fn$
declare
  v_conflict public.lead_sync_conflicts;
begin
  -- first of all locks, and the only one that is waited for: nobody waits in a circle
  select c.* into v_conflict
  from public.lead_sync_conflicts c where c.id = p_conflict_id for update;
  if not found and exists (
      select from public.lead_sync_conflicts_archive a where a.id = p_conflict_id) then
    raise exception using errcode = 'LS021', message = 'conflict is resolved and archived',
      hint = 'explain_conflict says how it ended.';
  elsif not found then
    raise exception using errcode = 'LS002', message = 'no such conflict',
      hint = 'list_conflicts shows those that are there.';
  end if;
  return v_conflict;
exception when lock_not_available then
  raise exception using errcode = 'LS011',
    message = 'the conflict is being written by another transaction',
    hint = 'Try again in a moment.';
end
$fn$;
revoke all on function lead_sync_private.take_conflict(uuid) from public;
comment on function lead_sync_private.take_conflict(uuid) is
'Lock a conflict for a decision.
Returns: its row. Raises: LS002, LS011, LS021 archived. Locks: the conflict.';
