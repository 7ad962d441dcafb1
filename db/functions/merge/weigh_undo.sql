create or replace function lead_sync_private.weigh_undo(
  p_change lead_sync_private.field_change, p_mapping public.lead_sync_mapping,
  p_since timestamptz)
returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $fn$
declare
  v_now jsonb := lead_sync_private.weigh_link(p_mapping, p_change.field_group);
  v_fields jsonb := v_now #> '{group,fields}';
  v_country text := v_now ->> 'country';
  v_written jsonb := jsonb_strip_nulls(lead_sync_private.normalise_group(v_fields,
    p_change.new_domiq, v_country));
  v_expected jsonb := v_written;
  v_first lead_sync_private.field_change;
  v_row lead_sync_private.field_change;
  v_after text;
  v_value jsonb;
  v_outcome text := 'refused';
  v_why text;
begin
  if v_now is null then
    return jsonb_build_object('was', p_change.old_domiq, 'outcome', v_outcome,
      'why', 'the lead is no more');
  end if;
  -- Pulls that followed one another are one: what counts is what DomIQ held before the first. A
  -- value that DomIQ itself had in between is newer than that, and is what comes back.
  for v_row in
    select f.* from lead_sync_private.field_change f
    where f.mapping_id = p_change.mapping_id and f.field_group = p_change.field_group
      and f.id <= p_change.id and f.kind = 'pull' and f.changed_at >= p_since
      and f.id > coalesce((
        select max(d.id) from lead_sync_private.field_change d
        where d.mapping_id = p_change.mapping_id and d.field_group = p_change.field_group
          and d.id < p_change.id and d.kind <> 'pull'), 0)
    order by f.id desc
  loop
    exit when jsonb_strip_nulls(lead_sync_private.normalise_group(v_fields, v_row.new_domiq,
      v_country)) <> v_expected;
    v_first := v_row;
    v_expected := jsonb_strip_nulls(lead_sync_private.normalise_group(v_fields, v_row.old_domiq,
      v_country));
  end loop;
  v_value := lead_sync_private.normalise_group(v_fields, v_first.old_domiq, v_country);
  select f.kind into v_after
  from lead_sync_private.field_change f
  where f.mapping_id = p_change.mapping_id and f.field_group = p_change.field_group
    and f.id > p_change.id
  order by f.id limit 1;
  if v_after = 'undo' or v_expected = v_written then
    return null;
  end if;

  -- DomIQ's own value may go where a pull's may not
  if v_now ->> 'direction' = 'to_resman' then
    v_now := v_now || '{"direction": "bidirectional"}';
  end if;
  if v_after in ('resolve', 'restore') then
    v_outcome := 'edited';
    v_why := 'a person has decided the field since';
  elsif v_after is not null or jsonb_strip_nulls(v_now -> 'domiq') <> v_written
      or (lead_sync_private.gather_evidence(p_mapping.conversation_id, p_mapping)
        #>> array['domiq_times', p_change.field_group])::timestamptz > p_change.changed_at then
    v_outcome := 'edited';
    v_why := 'DomIQ has edited the value since';
  elsif p_mapping.mapping_status <> 'active' then
    v_why := format('the link to ResMan is %s', p_mapping.mapping_status);
  elsif lead_sync_private.is_entombed(p_mapping.property_id, p_mapping.conversation_id,
      p_mapping.resman_lead_id, v_now -> 'lead') then
    v_why := 'the lead is suppressed';
  elsif exists (
      select from public.lead_sync_conflicts c
      where c.conversation_id = p_mapping.conversation_id
        and c.conflict_field = p_change.field_group
        and c.resolution_status in ('pending', 'manual_review')) then
    v_why := 'a conflict on the field is open: resolve that one';
  elsif v_first.old_resman is null and v_expected = '{}' then
    v_why := 'nothing was overwritten: the link filled a blank';
  else
    v_why := lead_sync_private.forbid_value(p_mapping, v_now, v_value);
    v_outcome := case when v_why is null then 'restorable' else 'refused' end;
  end if;
  return jsonb_build_object('was', v_value, 'text', v_first.old_domiq -> 'text', 'now', v_now,
    'outcome', v_outcome, 'why', v_why);
end
$fn$;
revoke all on function lead_sync_private.weigh_undo(lead_sync_private.field_change,
  public.lead_sync_mapping, timestamptz) from public;
comment on function lead_sync_private.weigh_undo(lead_sync_private.field_change,
  public.lead_sync_mapping, timestamptz) is
'Say whether what a pull overwrote can come back.
p_change: the last pull of its group. p_since: pulls before it stand.
Returns: {"was": the value that comes back, "text": of a status DomIQ''s own word, "now": as
weigh_link, "outcome": restorable, edited or refused, "why"}; null where nothing is to be
undone.';
