create or replace function lead_sync.list_items(
  p_property_id uuid default null, p_status text default null, p_limit integer default 100,
  p_after uuid default null)
returns table (item_id uuid, seq bigint, property_id uuid, conversation_id uuid,
  resman_lead_id text, sync_operation text, status text, priority integer, attempt integer,
  retry_count integer, max_retries integer, next_retry_at timestamptz, error_code text,
  error_message text, runner_id text, lease_until timestamptz, folded_into uuid,
  sync_data jsonb, created_at timestamptz, updated_at timestamptz, processed_at timestamptz)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $fn$
#variable_conflict use_column
declare
  v_after bigint;
begin
  if p_status not in ('pending', 'processing', 'completed', 'failed', 'cancelled') then
    raise exception using errcode = 'LS001', message = 'unknown status',
      hint = 'One of pending, processing, completed, failed, cancelled.';
  elsif p_limit is null or p_limit not between 1 and 10000 then
    raise exception using errcode = 'LS001', message = 'limit is out of range',
      hint = 'List 1 to 10000 items at a time.';
  end if;
  if p_after is not null then
    -- the last item of a page may have been archived since
    select coalesce(
      (select q.seq from public.lead_sync_queue q where q.id = p_after),
      (select a.seq from public.lead_sync_queue_archive a where a.id = p_after limit 1))
    into v_after;
    if v_after is null then
      raise exception using errcode = 'LS002', message = 'no such item to list after',
        hint = 'Give the id of the last item of the page before, or start anew.';
    end if;
  end if;
  return query
  select q.id, q.seq, q.property_id, q.conversation_id, q.resman_lead_id::text,
    q.sync_operation::text, q.status::text, q.priority, q.attempt, q.retry_count, q.max_retries,
    q.next_retry_at, q.error_code::text, q.error_message, q.runner_id, q.lease_until,
    q.folded_into, q.sync_data, q.created_at, q.updated_at, q.processed_at
  from public.lead_sync_queue q
  where (p_property_id is null or q.property_id = p_property_id)
    and (p_status is null or q.status = p_status)
    and (v_after is null or q.seq > v_after)
  order by q.seq
  limit p_limit;
end
$fn$;
revoke all on function lead_sync.list_items(uuid, text, integer, uuid) from public;
grant execute on function lead_sync.list_items(uuid, text, integer, uuid) to lead_sync_service;
comment on function lead_sync.list_items(uuid, text, integer, uuid) is
'List a page of the queue in order of arrival, of a property and in a state where given.
p_after: the last item of the page before.
Returns: the items, without lease tokens.
Raises: LS001, LS002 p_after is no item.';
