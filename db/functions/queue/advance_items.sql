create or replace function lead_sync.advance_items(p_answers jsonb)
returns table (item_id uuid, result jsonb)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $fn$
declare
  v_answer jsonb;
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
    begin
      result := lead_sync.advance_item(item_id,
        lead_sync_private.read_uuid(v_answer ->> 'lease_token'), v_answer -> 'response');
    exception when sqlstate 'LS001' then
      result := jsonb_build_object('error', sqlstate, 'message', sqlerrm);
    end;
    return next;
  end loop;
end
$fn$;
revoke all on function lead_sync.advance_items(jsonb) from public;
grant execute on function lead_sync.advance_items(jsonb) to lead_sync_runner;
comment on function lead_sync.advance_items(jsonb) is
'Take in several answers in one transaction, each item on its own, as advance_item.
p_answers: an array of {"item_id","lease_token","response"}.
Returns: a row an answer; {"error","message"} as the result of one that advance_item refuses.
Raises: LS001.';
