create or replace function lead_sync.advance_items(p_answers jsonb)
returns table (item_id uuid, result jsonb)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
-- All that runs beneath keeps one plan for all values, and no plan of tiny tables: see CONVENTIONS.
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
-- As in advance_item.
set lock_timeout = '500ms'
as $fn$
declare
  v_answer jsonb;
  v_token uuid;
  v_taken record;
  v_item_ids uuid[] := '{}'::uuid[];
  v_results jsonb[] := '{}'::jsonb[];
  v_asking integer[] := '{}'::integer[];
  v_property_ids uuid[] := '{}'::uuid[];
  v_waits numeric[];
begin
  if jsonb_typeof(p_answers) is distinct from 'array' then
    raise exception using errcode = 'LS001', message = 'answers are not a list',
      hint = 'Give an array of {"item_id","lease_token","response"}.';
  end if;
  -- in one order, so that two batches never wait for each other crosswise
  for v_answer in
    select a from jsonb_array_elements(p_answers) as a order by a ->> 'item_id'
  loop
    item_id := lead_sync_private.read_uuid(v_answer ->> 'item_id');
    v_token := lead_sync_private.read_uuid(v_answer ->> 'lease_token');
    result := null;
    begin -- writes nothing, so that it takes no transaction id
      perform lead_sync_private.check_response(item_id, v_token, v_answer -> 'response');
    exception when sqlstate 'LS001' then
      result := jsonb_build_object('error', sqlstate, 'message', sqlerrm);
    end;
    if result is null then
      v_taken := lead_sync_private.take_answer(item_id, v_token, v_answer -> 'response');
      result := v_taken.result;
    end if;
    v_item_ids := v_item_ids || item_id;
    v_results := v_results || result;
    if result ? 'request' then
      v_asking := v_asking || cardinality(v_results);
      v_property_ids := v_property_ids || v_taken.property_id;
    end if;
  end loop;
  v_waits := lead_sync_private.take_slots(v_property_ids);
  for v_n in 1 .. cardinality(v_asking) loop
    v_results[v_asking[v_n]] := jsonb_build_object('request', lead_sync_private.tell_wait(
      v_results[v_asking[v_n]] -> 'request', v_waits[v_n]));
  end loop;
  return query select u.item_id, u.result from unnest(v_item_ids, v_results) as u(item_id, result);
end
$fn$;
revoke all on function lead_sync.advance_items(jsonb) from public;
grant execute on function lead_sync.advance_items(jsonb) to lead_sync_runner;
comment on function lead_sync.advance_items(jsonb) is
'Take in several answers in one transaction, each item on its own, as advance_item.
p_answers: an array of {"item_id","lease_token","response"}.
Returns: a row an answer; {"error","message"} as the result of one that advance_item refuses.
Raises: LS001.';
