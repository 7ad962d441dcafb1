create or replace function lead_sync_private.forbid_value(
  p_mapping public.lead_sync_mapping, p_now jsonb, p_value jsonb)
returns text
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $fn$
begin
  return case
    when lead_sync_private.get_setting(p_mapping.property_id, 'write_mode') = '"shadow"'
      then 'the property is in shadow mode'
    else lead_sync_private.guard_group(p_now -> 'group', p_now ->> 'direction',
      lead_sync_private.apply_steps('{trim,lower,stage}',
        coalesce(p_mapping.resman_seen -> 'status', p_mapping.resman_base -> 'status'),
        p_now ->> 'country') #>> '{}',
      p_now -> 'domiq', p_now -> 'resman', p_value,
      lead_sync_private.gather_evidence(p_mapping.conversation_id, p_mapping)) end;
end
$fn$;
revoke all on function lead_sync_private.forbid_value(public.lead_sync_mapping, jsonb, jsonb)
  from public;
comment on function lead_sync_private.forbid_value(public.lead_sync_mapping, jsonb, jsonb) is
'Say what forbids that both sides of a link are brought to a value of a group: shadow mode, or a
guard of the merge. p_now: as weigh_link.
Returns: the reason, null where nothing forbids it.';
