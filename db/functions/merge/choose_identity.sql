create or replace function lead_sync_private.choose_identity(
  p_conflict public.lead_sync_conflicts, p_strategy text, p_value jsonb)
returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $fn$
declare
  v_found text[] := lead_sync_private.found_leads(p_conflict);
  v_lead_id text := p_value ->> 'lead_id';
begin
  if p_strategy = 'domiq_wins' then
    return '{"lead_id": null}'::jsonb;
  elsif p_strategy = 'resman_wins' then
    if cardinality(v_found) <> 1 then
      raise exception using errcode = 'LS001',
        message = format('%s leads were found, not one', cardinality(v_found)),
        hint = 'Name one with strategy merged and {"lead_id"}, or none with domiq_wins.';
    end if;
    v_lead_id := v_found[1];
  elsif v_lead_id is null or not v_lead_id = any (v_found) then
    raise exception using errcode = 'LS001', message = 'value names no lead that was found',
      hint = 'Give {"lead_id"} of one that explain_conflict shows.';
  end if;
  if lead_sync_private.is_retired(v_lead_id) then
    raise exception using errcode = 'LS011', message = 'the lead was merged into another',
      hint = 'domiq_wins leaves it alone.';
  elsif exists (
      select from public.lead_sync_mapping m where m.resman_lead_id = v_lead_id) then
    raise exception using errcode = 'LS011', message = 'the lead is another conversation''s',
      hint = 'merge_leads makes one lead of two conversations; domiq_wins keeps them apart.';
  end if;
  return jsonb_build_object('lead_id', v_lead_id);
end
$fn$;
revoke all on function lead_sync_private.choose_identity(public.lead_sync_conflicts, text, jsonb)
  from public;
comment on function lead_sync_private.choose_identity(public.lead_sync_conflicts, text, jsonb) is
'Read which of the leads that were found a person chooses for a conversation.
Returns: {"lead_id"}, null for none. Raises: LS001, LS011.';
