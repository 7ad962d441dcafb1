create or replace function lead_sync_private.build_save(
  p_lead_id jsonb, p_contact_id jsonb, p_lead jsonb, p_events jsonb)
returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $fn$
begin
  return jsonb_build_object('call', 'save_lead', 'lead_id', p_lead_id,
    'contact_id', p_contact_id, 'events', p_events,
    -- what a save says by its ids and events, or does not say at all
    'lead', p_lead - array['events', 'source', 'agent', 'lost_reason', 'tour_at', 'lead_id',
      'contact_id']);
end
$fn$;
revoke all on function lead_sync_private.build_save(jsonb, jsonb, jsonb, jsonb) from public;
comment on function lead_sync_private.build_save(jsonb, jsonb, jsonb, jsonb) is
'Make the request of a save of a whole lead document.
p_lead_id: json null creates the lead.
Returns: the request.';
