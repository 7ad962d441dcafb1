create or replace function lead_sync.merge_leads(p_survivor uuid, p_other uuid)
returns uuid
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $fn$
declare
  v_survivor lead_sync_private.lead;
  v_other lead_sync_private.lead;
  v_kept public.lead_sync_mapping;
  v_gone public.lead_sync_mapping;
  v_id uuid;
begin
  select l.* into v_survivor from lead_sync_private.lead l where l.conversation_id = p_survivor;
  select l.* into v_other from lead_sync_private.lead l where l.conversation_id = p_other;
  if v_survivor.conversation_id is null or v_other.conversation_id is null then
    raise exception using errcode = 'LS002', message = 'no such conversation',
      hint = 'Give the ids of two rows of conversation.';
  elsif p_survivor = p_other or v_survivor.property_id is distinct from v_other.property_id then
    raise exception using errcode = 'LS001', message = 'the two are one, or at two properties',
      hint = 'Give two conversations of one property.';
  end if;
  v_kept := lead_sync_private.find_mapping(p_survivor, v_survivor.user_id,
    v_survivor.property_id);
  v_gone := lead_sync_private.find_mapping(p_other, v_other.user_id, v_other.property_id);
  if v_kept.mapping_status is distinct from 'active' then
    raise exception using errcode = 'LS011', message = 'survivor is not linked with ResMan',
      hint = 'Merge into a lead that is linked; enqueue_sync pushes one.';
  elsif v_kept.id = v_gone.id then
    raise exception using errcode = 'LS011', message = 'the two are one lead already',
      hint = 'Nothing is to be done.';
  -- as take_link: no sync of either begins before this transaction has ended
  elsif not (pg_try_advisory_xact_lock(
        hashtextextended(v_kept.conversation_id::text, 7813528840112739843))
      and pg_try_advisory_xact_lock(hashtextextended(
        coalesce(v_gone.conversation_id, p_other)::text, 7813528840112739843))) then
    raise exception using errcode = 'LS011', message = 'a sync of one of the leads is in flight',
      hint = 'Try again in a moment.';
  elsif exists (
      select from public.lead_sync_queue q
      where q.status = 'processing' and q.lane in (v_kept.conversation_id, v_gone.conversation_id,
        p_other)) then
    raise exception using errcode = 'LS011', message = 'a sync of one of the leads is in flight',
      hint = 'Try again in a moment.';
  end if;
  update lead_sync_private.follower f set mapping_id = v_kept.id where f.mapping_id = v_gone.id;
  insert into lead_sync_private.follower (conversation_id, mapping_id)
  select c.id, v_kept.id
  -- the other may itself follow: the conversation that leads goes with it
  from public.conversation c where c.id in (p_other, v_gone.conversation_id)
  on conflict on constraint pk_follower do update set mapping_id = excluded.mapping_id;
  perform lead_sync_private.close_conflicts(p_other, '["identity"]', 'merged into another lead');
  -- of a link that is no more nobody could decide them
  perform lead_sync_private.close_conflicts(v_gone.conversation_id, (
      select jsonb_agg(distinct f.field_group) || '["identity"]'
      from lead_sync_private.lead_field f), 'merged into another lead');
  if v_gone.id is null then
    return lead_sync_private.enqueue_item(v_kept.conversation_id, v_kept.property_id, 'push', 2);
  end if;
  update public.lead_sync_mapping m
  set mapping_status = 'merged', updated_at = clock_timestamp()
  where m.id = v_gone.id;
  insert into public.lead_sync_queue
    (property_id, sync_operation, sync_data, priority, resman_lead_id)
  -- without the conversation: two merges into one survivor must not fold
  values (v_kept.property_id, 'merge', jsonb_build_object(
    'survivor', v_kept.conversation_id, 'retire', v_gone.resman_lead_id,
    'contact_id', v_gone.contact_id, 'why', 'Duplicate of another lead'), 2,
    v_gone.resman_lead_id)
  returning id into v_id;
  perform lead_sync_private.enqueue_item(v_kept.conversation_id, v_kept.property_id, 'push', 2);
  perform lead_sync_private.wake_runners();
  return v_id;
end
$fn$;
revoke all on function lead_sync.merge_leads(uuid, uuid) from public;
grant execute on function lead_sync.merge_leads(uuid, uuid) to lead_sync_service;
comment on function lead_sync.merge_leads(uuid, uuid) is
'Merge the lead of one conversation into another''s: the other conversation feeds the survivor''s lead
from now on, its own link becomes merged, and ResMan''s duplicate is marked lost.
Returns: the id of the item that does the last; of the survivor''s push where there is no duplicate.
Raises: LS001, LS002, LS011 the survivor is not linked, the two are one, or a sync is in flight.
Locks: the advisory locks of both leads for the transaction, by try.
Writes: lead_sync_mapping, follower, lead_sync_conflicts, lead_sync_queue.
Notifies: lead_sync_ready, while a runner sleeps.';
