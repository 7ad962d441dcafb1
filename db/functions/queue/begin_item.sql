create or replace function lead_sync_private.begin_item(p_item public.lead_sync_queue)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $fn$
declare
  -- Of earlier attempts only this is worth keeping: everything else is read again.
  v_state jsonb := lead_sync_private.kept_state(p_item.state)
    || case when p_item.state ? 'failures'
         then jsonb_build_object('failures', p_item.state -> 'failures') else '{}' end;
  v_plan jsonb;
begin
  v_plan := lead_sync_private.plan_item(p_item, v_state);
  if v_plan ? 'request' then
    return lead_sync_private.hand_out_request(p_item, v_plan);
  end if;
  if v_plan ->> 'end' = 'deferred' then
    perform lead_sync_private.defer_item(p_item, v_state, v_plan ->> 'code',
      v_plan ->> 'message', lead_sync_private.retry_delay(least(p_item.attempt, 6)) + interval '1 s');
  elsif v_plan ->> 'end' = 'swept' then
    perform lead_sync_private.end_sweep(p_item);
  elsif v_plan ->> 'end' = 'pulled' then
    perform lead_sync_private.end_pull(p_item, v_state);
  elsif v_plan ->> 'end' = 'cancelled' then
    perform lead_sync_private.close_item(p_item, 'cancelled', v_plan ->> 'code',
      v_plan ->> 'message');
  else
    perform lead_sync_private.fail_item(p_item, v_state, v_plan ->> 'code',
      v_plan ->> 'message', null);
  end if;
  return null;
exception when others then
  -- One lead's data must not hold up the claim of all others.
  perform lead_sync_private.retry_item(p_item, p_item.state, true, 'internal_' || sqlstate,
    'the item could not be prepared: see error_code', null, null);
  return null;
end
$fn$;
revoke all on function lead_sync_private.begin_item(public.lead_sync_queue) from public;
comment on function lead_sync_private.begin_item(public.lead_sync_queue) is
'Plan the first request of an item that was just claimed.
Returns: the request; null where the item ended or was put off without one.
Writes: the item; lead_sync_log where it ended. No row of DomIQ''s.';
