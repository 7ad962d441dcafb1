create or replace function lead_sync_private.settle_identity(
  p_conflict public.lead_sync_conflicts, p_lead_id text)
returns uuid
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $fn$
declare
  v_pulled boolean := p_conflict.conflict_field <> 'identity';
  v_lead lead_sync_private.lead;
  v_user_id uuid := (p_conflict.domiq_value ->> 'user_id')::uuid;
  v_mapping public.lead_sync_mapping;
  v_now jsonb;
begin
  if p_conflict.conversation_id is not null then
    perform lead_sync_private.take_link(p_conflict.conversation_id);
    select l.* into v_lead
    from lead_sync_private.lead l where l.conversation_id = p_conflict.conversation_id;
    v_mapping := lead_sync_private.find_mapping(v_lead.conversation_id, v_lead.user_id,
      v_lead.property_id);
    v_now := lead_sync_private.build_lead(v_lead.conversation_id);
  end if;
  v_user_id := coalesce(v_user_id, v_lead.user_id);
  if v_user_id is null or not exists (select from public."user" u where u.id = v_user_id)
    or v_lead.user_id <> v_user_id
    or not v_pulled and exists (
      select from unnest(array['first_name', 'last_name', 'email', 'phone']) as f
      where coalesce(v_now -> f, 'null') <> coalesce(p_conflict.domiq_value -> f, 'null')) then
    raise exception using errcode = 'LS020', message = 'the values have moved',
      hint = 'The person is another now; the next push or pull searches again.';
  elsif p_lead_id is not null and v_mapping.mapping_status = 'active' then
    raise exception using errcode = 'LS011', message = 'the conversation has a lead already',
      hint = 'domiq_wins leaves the other one alone.';
  end if;
  insert into lead_sync_private.identity_decision (user_id, resman_lead_id, same)
  select v_user_id, f, f is not distinct from p_lead_id
  from unnest(lead_sync_private.found_leads(p_conflict)) as f
  on conflict on constraint pk_identity_decision do update
    set same = excluded.same, decided_at = clock_timestamp();
  update public.lead_sync_conflicts c set resolution_status = 'resolved' where c.id = p_conflict.id;
  if v_lead.conversation_id is not null then
    v_mapping.conversation_id := v_lead.conversation_id;
    perform lead_sync_private.settle_rows(v_mapping,
      v_mapping.mapping_status is distinct from 'active');
  end if;
  if v_pulled and p_lead_id is not null then
    return lead_sync_private.queue_pull(p_conflict.property_id, 2,
      jsonb_build_object('lead_id', p_lead_id), v_lead.conversation_id);
  elsif v_lead.conversation_id is not null and v_lead.ineligible is null then
    return lead_sync_private.enqueue_item(v_lead.conversation_id, v_lead.property_id, 'push', 2);
  end if;
  return null;
end
$fn$;
revoke all on function lead_sync_private.settle_identity(public.lead_sync_conflicts, text)
  from public;
comment on function lead_sync_private.settle_identity(public.lead_sync_conflicts, text) is
'Carry out what a person decided about who a lead is: the chosen one is linked by the push or pull
that is queued, the others are somebody else''s from now on. p_lead_id: null for none of them.
Returns: the item, null where none is needed.
Raises: LS011, LS020. Writes: identity_decision, lead_sync_conflicts, lead_sync_queue,
"user", conversation.';
