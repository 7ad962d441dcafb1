create or replace function lead_sync_private.apply_one(
  p_property_id uuid, p_lead jsonb, p_issued_at timestamptz, p_item_id uuid,
  p_rules jsonb default null)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $fn$
declare
  v_result jsonb;
begin
  begin
    v_result := lead_sync_private.apply_lead(p_property_id, p_lead, p_issued_at, p_item_id,
      p_rules);
  exception
    when lock_not_available or deadlock_detected then
      v_result := '{"outcome": "later", "code": "row_locked"}';
    when others then
      -- one lead's data must not hold up the others: it is a dead letter of its own
      perform lead_sync_private.bury_lead(p_property_id,
        jsonb_build_object('lead_id', p_lead -> 'lead_id'), 'internal_' || sqlstate,
        'the lead could not be applied: see error_code');
      return '{"outcome": "failed"}'::jsonb;
  end;
  perform lead_sync_private.read_again(p_property_id, p_lead, v_result);
  return v_result;
end
$fn$;
revoke all on function lead_sync_private.apply_one(uuid, jsonb, timestamptz, uuid, jsonb)
  from public;
comment on function lead_sync_private.apply_one(uuid, jsonb, timestamptz, uuid, jsonb) is
'Apply one lead as ResMan showed it; where its rows are locked, a push of it is under way or the
observation is out of date it is queued to be read again, and where it cannot be applied at all it
becomes a dead letter.
p_rules: as apply_lead.
Returns: as apply_lead; {"outcome": "failed"}.
Writes: as apply_lead; lead_sync_queue.';
