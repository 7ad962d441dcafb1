create or replace function lead_sync_private.take_over(
  p_item public.lead_sync_queue, p_mapping public.lead_sync_mapping, p_found jsonb)
returns boolean
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $fn$
begin
  if md5(lead_sync_private.with_tour(p_mapping.conversation_id, p_found -> 'lead')::text)
     = p_mapping.seen_hash then
    return false;
  end if;
  return lead_sync_private.merge_pulled(p_mapping, p_found -> 'lead',
    (p_found ->> 'read_at')::timestamptz, p_item.id, 'updated') ->> 'outcome' = 'later';
end
$fn$;
revoke all on function lead_sync_private.take_over(public.lead_sync_queue,
  public.lead_sync_mapping, jsonb) from public;
comment on function lead_sync_private.take_over(public.lead_sync_queue,
  public.lead_sync_mapping, jsonb) is
'Take over what ResMan has changed in a linked lead, as a pull does, before a save that merges
nothing sends the lead back as it was read: ResMan may change a text as it saves it.
p_found: the lead as read, "read_at". One that was merged as it stands is not merged again.
Returns: whether the read may not be used: its rows are locked, or something newer is known.
Writes: as merge_pulled.';
