create or replace function lead_sync_private.undo_change(
  p_change lead_sync_private.field_change, p_mapping public.lead_sync_mapping,
  p_since timestamptz)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $fn$
declare
  v_conflict public.lead_sync_conflicts; -- none: only the link is named
  v_mapping public.lead_sync_mapping;
  v_target uuid;
  v_said jsonb;
  v_item_id uuid;
begin
  v_conflict.mapping_id := p_mapping.id;
  v_conflict.conversation_id := p_mapping.conversation_id;
  begin
    v_mapping := lead_sync_private.take_mapping(v_conflict);
  exception when sqlstate 'LS011' or lock_not_available then
    return jsonb_build_object('outcome', 'busy', 'why', sqlerrm);
  end;
  -- the newest conversation is the one that pulls write, and take_mapping has locked the first
  select c.id into v_target
  from public.conversation c
  where c.id = any (lead_sync_private.link_conversations(v_mapping.conversation_id,
    v_mapping.id))
  order by c.created_at desc, c.id limit 1;
  if not lead_sync_private.lock_lead_rows(v_target) then
    return '{"outcome": "busy", "why": "its newest conversation is being written"}'::jsonb;
  end if;
  v_said := lead_sync_private.weigh_undo(p_change, v_mapping, p_since);
  if v_said ->> 'outcome' is distinct from 'restorable' then
    return v_said;
  end if;
  begin
    v_item_id := lead_sync_private.settle_value(v_conflict, v_mapping, v_said -> 'now',
      v_said -> 'was', 'undo', null);
    if v_said ->> 'text' is not null then
      perform lead_sync_private.write_status(v_target, v_said ->> 'text');
    end if;
  exception
    when lock_not_available then
      return v_said || jsonb_build_object('outcome', 'busy', 'why', sqlerrm);
    when sqlstate 'LS001' or sqlstate 'LS011' then
      return v_said || jsonb_build_object('outcome', 'refused', 'why', sqlerrm);
  end;
  return v_said || jsonb_build_object('outcome', 'restored', 'item_id', v_item_id);
end
$fn$;
revoke all on function lead_sync_private.undo_change(lead_sync_private.field_change,
  public.lead_sync_mapping, timestamptz) from public;
comment on function lead_sync_private.undo_change(lead_sync_private.field_change,
  public.lead_sync_mapping, timestamptz) is
'Bring back what a pull overwrote in one group of a lead, as a decision: DomIQ at once, ResMan
by a push. What cannot be had at once is left alone.
Returns: as weigh_undo, with outcome restored and "item_id", or busy; null where nothing is to
be undone any more.
Locks: as take_link, then the mapping by SKIP LOCKED. Writes: as settle_value.';
