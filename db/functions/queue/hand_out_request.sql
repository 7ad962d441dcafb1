create or replace function lead_sync_private.hand_out_request(
  p_item public.lead_sync_queue, p_plan jsonb)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $fn$
declare
  v_now timestamptz := clock_timestamp();
  v_issued_at text := to_char(v_now at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');
  -- HOT: nothing that is indexed moves, updated_at neither; lease_until when it is worth it
  v_until timestamptz := case
    when p_item.lease_until >= v_now + p_item.lease_length * 0.9 then p_item.lease_until
    else v_now + p_item.lease_length end;
begin
  update public.lead_sync_queue q
  set state = (p_plan -> 'state') || jsonb_build_object('issued_at', v_issued_at),
      lease_until = v_until
  where q.id = p_item.id;
  return (p_plan -> 'request') || jsonb_build_object(
    'issued_at', v_issued_at,
    'deadline_s', round((extract(epoch from v_until - v_now)
      - lead_sync_private.call_timeout(p_item.property_id, p_item.lease_length))::numeric, 3));
end
$fn$;
revoke all on function lead_sync_private.hand_out_request(public.lead_sync_queue, jsonb)
  from public;
comment on function lead_sync_private.hand_out_request(public.lead_sync_queue, jsonb) is
'Keep the state of a plan with its item, renew the lease, and give the request its time of issue
and its deadline: what is not sent by then may no longer be sent, for its answer could come after
the lease.
Returns: the request as the runner gets it.
Writes: the item.';
