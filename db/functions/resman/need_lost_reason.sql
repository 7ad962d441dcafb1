create or replace function lead_sync_private.need_lost_reason(p_state jsonb)
returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $fn$
begin
  return case when p_state ? 'lost_reason'
    then jsonb_build_object('end', 'rejected', 'code', 'no_lost_reason', 'message',
      'no ResMan lost reason is known for this lead: set the property''s default_lost_reason to '
      'one of ResMan''s')
    else lead_sync_private.ask(p_state, 'lost_reason', '{"call": "list_lost_reasons"}') end;
end
$fn$;
revoke all on function lead_sync_private.need_lost_reason(jsonb) from public;
comment on function lead_sync_private.need_lost_reason(jsonb) is
'Plan what to do where a lost reason is wanted and none is known: list ResMan''s, once.
Returns: a plan, as plan_item.';
