create or replace function lead_sync_private.keep_pushes(
  p_item public.lead_sync_queue, p_mapping public.lead_sync_mapping, p_outcome jsonb)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
set enable_bitmapscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $fn$
begin
  insert into lead_sync_private.field_change
    (mapping_id, conversation_id, property_id, field_group, kind, old_domiq, new_domiq,
     old_resman, new_resman, item_id)
  select p_mapping.id, p_item.conversation_id, p_item.property_id, f.field_group, 'push',
    jsonb_object_agg(f.field, p_mapping.domiq_base -> f.field)
      filter (where p_mapping.domiq_base ? f.field),
    jsonb_object_agg(f.field, p_outcome #> array['domiq_base', f.field]),
    jsonb_object_agg(f.field, p_mapping.resman_seen -> f.field)
      filter (where p_mapping.resman_seen ? f.field),
    jsonb_object_agg(f.field, p_outcome #> array['resman_base', f.field]), p_item.id
  from lead_sync_private.lead_field f
  where p_outcome -> 'pushed' ? f.field_group and p_outcome -> 'domiq_base' ? f.field
  group by f.field_group;
end
$fn$;
revoke all on function lead_sync_private.keep_pushes(public.lead_sync_queue,
  public.lead_sync_mapping, jsonb) from public;
comment on function lead_sync_private.keep_pushes(public.lead_sync_queue,
  public.lead_sync_mapping, jsonb) is
'Keep what an acknowledged save changed of a link, a row a group.
Writes: field_change.';
