create or replace function lead_sync.claim_items(
  p_runner_id text, p_limit integer, p_lease interval)
returns table (item_id uuid, lease_token uuid, property_id uuid, conversation_id uuid,
  sync_operation text, attempt integer, request jsonb, connection jsonb)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
-- All that runs beneath keeps one plan for all values, and no plan of tiny tables: see CONVENTIONS.
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
as $fn$
#variable_conflict use_column
declare
  v_defaults jsonb := lead_sync_private.default_limits();
  v_candidate public.lead_sync_queue;
  v_item public.lead_sync_queue;
  v_items public.lead_sync_queue[] := '{}'::public.lead_sync_queue[];
  v_property_ids uuid[] := '{}'::uuid[];
  v_requests jsonb[] := '{}'::jsonb[];
  v_waits numeric[];
  v_request jsonb;
begin
  if coalesce(btrim(p_runner_id), '') = '' or length(p_runner_id) > 200 then
    raise exception using errcode = 'LS001', message = 'runner id is missing or too long',
      hint = 'Name the runner by a new uuid at every start.';
  elsif p_limit is null or p_limit not between 1 and 1000 then
    raise exception using errcode = 'LS001', message = 'limit is out of range',
      hint = 'Claim 1 to 1000 items at a time.';
  elsif p_lease is null or p_lease <= interval '0' or p_lease > interval '1 hour' then
    raise exception using errcode = 'LS001', message = 'lease is out of range',
      hint = 'Lease items for more than nothing and at most one hour.';
  end if;
  for v_candidate in select c.* from lead_sync_private.find_candidates(p_limit, v_defaults) c loop
    v_item := lead_sync_private.claim_one(v_candidate, p_runner_id, p_lease);
    continue when v_item.id is null;
    v_request := lead_sync_private.begin_item(v_item);
    continue when v_request is null;
    v_items := v_items || v_item;
    v_property_ids := v_property_ids || v_item.property_id;
    v_requests := v_requests || v_request;
  end loop;
  if v_items = '{}' then
    return;
  elsif cardinality(v_items) = p_limit then
    perform lead_sync_private.wake_runners(); -- there may be work for one that sleeps
  end if;
  perform lead_sync_private.mark_probes(v_property_ids, p_lease);
  v_waits := lead_sync_private.take_slots(v_property_ids, v_defaults);
  for v_n in 1 .. cardinality(v_items) loop
    v_item := v_items[v_n];
    item_id := v_item.id;
    lease_token := v_item.lease_token;
    property_id := v_item.property_id;
    conversation_id := v_item.conversation_id;
    sync_operation := v_item.sync_operation;
    attempt := v_item.attempt;
    request := lead_sync_private.tell_wait(v_requests[v_n], v_waits[v_n]);
    connection := lead_sync_private.build_connection(v_item.property_id, p_lease);
    return next;
  end loop;
end
$fn$;
revoke all on function lead_sync.claim_items(text, integer, interval) from public;
grant execute on function lead_sync.claim_items(text, integer, interval) to lead_sync_runner;
comment on function lead_sync.claim_items(text, integer, interval) is
'Lease up to p_limit due items to a runner, each with the first request to make.
Priority 3 before 2 before 1, then arrival, within a property; properties take turns; one item of a
lead in flight; a property''s limits, pause and breaker hold over all runners. A request under a
rate limit carries wait_s, the seconds until it may be sent; who was kept from that asks take_place.
An item that can be ended without a request is ended here and not returned.
Returns: the items with lease token, request and connection (credentials still sealed).
Raises: LS001.
Locks: the claimed rows; never waits for another claim or for a transaction of DomIQ''s.
Writes: lead_sync_queue, lead_sync_log, breaker, rate_slot. No row of DomIQ''s.
Notifies: lead_sync_ready, where p_limit was reached, while a runner sleeps.';
