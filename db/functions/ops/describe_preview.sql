create or replace function lead_sync_private.describe_preview(
  p_lead jsonb, p_mapping public.lead_sync_mapping, p_seen jsonb,
  p_conflicts text[], p_status text, p_error_code text, out outcome text, out why text)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $fn$
declare
  v_would text := p_seen ->> 'would';
  v_property_id uuid := (p_lead ->> 'property_id')::uuid;
  v_conversation_id uuid := (p_lead ->> 'conversation_id')::uuid;
begin
  outcome := 'skip';
  if exists (select from lead_sync_private.tombstone t
             where t.lifted_at is null and t.property_id = v_property_id)
    and lead_sync_private.is_entombed(v_property_id, v_conversation_id,
      p_mapping.resman_lead_id, lead_sync_private.build_lead(v_conversation_id)) then
    why := 'suppressed: a tombstone stands for this person';
  elsif p_conflicts is not null then
    outcome := 'conflict';
    why := format('open: %s', array_to_string(p_conflicts, ', '));
  elsif p_status = 'failed' then
    why := format('failed: %s', p_error_code);
  elsif v_would is not null and p_seen -> 'conflicts' <> '[]' then
    outcome := 'conflict';
    why := 'both sides have another value';
  elsif v_would = 'update' and p_seen -> 'would_push' = '[]'
      and p_seen -> 'would_pull' = '[]' and not p_seen ? 'would_send' then
    why := 'in step';
  elsif p_lead ->> 'ineligible' is not null and coalesce(p_seen -> 'would_pull', '[]') = '[]' then
    why := p_lead ->> 'ineligible';
  elsif v_would is not null then
    outcome := v_would;
    why := case v_would when 'create' then 'ResMan has no such lead'
      when 'link' then 'ResMan has one lead that is this person'
      else 'the two sides differ' end;
  elsif p_status is not null then
    why := 'waits for a runner';
  elsif p_mapping.mapping_status = 'active' then
    why := 'in step';
  else
    why := 'not queued: a backfill would look at it';
  end if;
  if v_would is not null and outcome <> 'skip' and p_status in ('pending', 'processing') then
    why := why || '; an edit since waits for a runner';
  end if;
end
$fn$;
revoke all on function lead_sync_private.describe_preview(jsonb,
  public.lead_sync_mapping, jsonb, text[], text, text) from public;
comment on function lead_sync_private.describe_preview(jsonb,
  public.lead_sync_mapping, jsonb, text[], text, text) is
'Say what switching live would do with a conversation.
p_seen: shadow_data of the last look at it. p_conflicts: its open ones; null for none. p_status,
p_error_code: of its last push that has not ended well.
Returns: outcome: create, link, update, conflict or skip; why.';
