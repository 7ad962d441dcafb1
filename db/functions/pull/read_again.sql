create or replace function lead_sync_private.read_again(
  p_property_id uuid, p_lead jsonb, p_result jsonb)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $fn$
begin
  if p_result ->> 'outcome' = 'later' then
    -- so that nothing older than what happened meanwhile is merged
    perform lead_sync_private.queue_pull(p_property_id, 2,
      jsonb_build_object('lead_id', p_lead -> 'lead_id'),
      (p_result ->> 'conversation_id')::uuid, clock_timestamp() + interval '1 second');
  end if;
end
$fn$;
revoke all on function lead_sync_private.read_again(uuid, jsonb, jsonb) from public;
comment on function lead_sync_private.read_again(uuid, jsonb, jsonb) is
'Queue a lead to be read again in a moment where apply_lead has put it off.
p_result: what apply_lead has returned.
Writes: lead_sync_queue.';
