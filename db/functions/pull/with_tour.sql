create or replace function lead_sync_private.with_tour(
  p_conversation_id uuid, p_lead jsonb, p_sent jsonb default '{}')
returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $fn$
begin
  return case when jsonb_typeof(p_lead -> 'events') = 'array'
    then p_lead || jsonb_build_object('tour_at',
      lead_sync_private.derive_tour(p_conversation_id, p_lead -> 'events', p_sent))
    else p_lead end;
end
$fn$;
revoke all on function lead_sync_private.with_tour(uuid, jsonb, jsonb) from public;
comment on function lead_sync_private.with_tour(uuid, jsonb, jsonb) is
'Complete a lead as ResMan shows it by the tour that its events tell of; without events as it is.';
