create or replace function lead_sync_private.open_link(
  p_item public.lead_sync_queue, p_mapping public.lead_sync_mapping, p_read jsonb)
returns public.lead_sync_mapping
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $fn$
declare
  v_mapping public.lead_sync_mapping;
  v_now timestamptz := clock_timestamp();
begin
  if p_mapping.id is null then
    insert into public.lead_sync_mapping as m
      (conversation_id, resman_lead_id, property_id, contact_id, mapping_status, sync_version,
       created_at)
    values (p_item.conversation_id, p_read ->> 'lead_id', p_item.property_id,
      p_read ->> 'contact_id', 'active', 0, v_now)
    on conflict do nothing
    returning m.* into v_mapping;
    -- what a person decided is carried out
    delete from lead_sync_private.identity_decision d
    where d.resman_lead_id = v_mapping.resman_lead_id and d.same;
    return v_mapping;
  end if;
  begin
    -- a deleted link's base says nothing of the lead that takes its place
    update public.lead_sync_mapping m
    set mapping_status = 'active', resman_lead_id = p_read ->> 'lead_id',
        contact_id = p_read ->> 'contact_id', domiq_base = '{}', resman_base = '{}',
        resman_read_at = null, resman_seen = null, seen_hash = null, suppressed = '{}',
        missing_reads = 0, base_moved_at = null, updated_at = v_now
    where m.id = p_mapping.id
    returning m.* into v_mapping;
  exception when unique_violation then
    return null; -- the lead is linked to somebody else
  end;
  if p_mapping.resman_lead_id <> p_read ->> 'lead_id' then
    insert into lead_sync_private.lead_alias (resman_lead_id, mapping_id, kind)
    values (p_mapping.resman_lead_id, p_mapping.id, 'recreated')
    on conflict on constraint pk_lead_alias do nothing;
  end if;
  return v_mapping;
end
$fn$;
revoke all on function lead_sync_private.open_link(public.lead_sync_queue,
  public.lead_sync_mapping, jsonb) from public;
comment on function lead_sync_private.open_link(public.lead_sync_queue,
  public.lead_sync_mapping, jsonb) is
'Link a conversation with the lead that was found for it, with no base yet; a link whose lead had
vanished takes the new one, and its old id stays an alias.
Returns: the mapping; all null where the lead is linked to somebody else.
Writes: lead_sync_mapping, lead_alias, identity_decision.';
