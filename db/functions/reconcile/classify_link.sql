create or replace function lead_sync_private.classify_link(
  p_mapping public.lead_sync_mapping, p_lead jsonb, p_issued_at timestamptz)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $fn$
declare
  v_item public.lead_sync_queue;
  v_ids uuid[] := lead_sync_private.link_conversations(p_mapping.conversation_id, p_mapping.id);
  v_status text;
  v_merge jsonb;
  v_off jsonb;
begin
  if not exists (select from public.conversation c
                 where c.id = p_mapping.conversation_id and c.user_id is not null) then
    return '{"class": "missing_in_domiq"}'::jsonb;
  elsif lead_sync_private.is_entombed(p_mapping.property_id, p_mapping.conversation_id,
      p_mapping.resman_lead_id, null) then
    return '{"class": "suppressed"}'::jsonb;
  elsif p_lead is null then
    return '{"class": "missing_in_resman"}'::jsonb;
  end if;
  select max(q.status) into v_status -- processing comes after pending
  from public.lead_sync_queue q
  where q.conversation_id = any (v_ids) and q.status in ('pending', 'processing')
    and q.sync_operation <> 'enrichment';
  if v_status is not null then
    return jsonb_build_object('class',
      case v_status when 'processing' then 'in_flight' else 'pending' end);
  end if;
  v_item.conversation_id := p_mapping.conversation_id;
  v_item.property_id := p_mapping.property_id;
  v_item.sync_operation := 'pull';
  v_merge := lead_sync_private.merge_groups(v_item, '{}', p_mapping,
    lead_sync_private.with_tour(p_mapping.conversation_id, p_lead), p_issued_at, true);
  select jsonb_agg(r -> 'field_group') into v_off
  from jsonb_array_elements(v_merge -> 'rows') as r
  where r ->> 'action' in ('push', 'pull', 'decided')
     or r ->> 'action' = 'conflict' and not exists (
       select from public.lead_sync_conflicts c
       where c.conversation_id = any (v_ids) and c.conflict_field = r ->> 'field_group'
         and coalesce(c.resolution_status in ('pending', 'manual_review'), false));
  return jsonb_strip_nulls(jsonb_build_object('groups', v_off, 'class', case
    when v_off is not null and lead_sync_private.is_held(p_mapping.conversation_id) then 'conflict'
    when v_off is not null then 'drift'
    when v_merge -> 'conflicts' <> '[]' then 'conflict'
    when v_merge -> 'suppressed' <> '[]' then 'suppressed'
    else 'matched' end));
end
$fn$;
revoke all on function lead_sync_private.classify_link(public.lead_sync_mapping, jsonb, timestamptz)
  from public;
comment on function lead_sync_private.classify_link(public.lead_sync_mapping, jsonb, timestamptz) is
'Say how a link stands by a read of its lead: matched; explained by what is pending, in_flight, a
conflict, or suppressed; drift that nothing explains, with its groups; missing on either side.
Writes nothing. Returns: {"class","groups"}.';
