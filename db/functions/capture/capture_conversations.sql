create or replace function lead_sync_private.capture_conversations(
  p_ids uuid[], p_operation text, p_priority integer, p_event text, p_written boolean)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
-- The plan is pinned: one cached on empty tables must serve a hundred thousand rows.
set enable_seqscan = off
set enable_bitmapscan = off
set jit = off
set enable_hashjoin = off
set enable_mergejoin = off
set enable_sort = off
set enable_incremental_sort = off
set plan_cache_mode = force_generic_plan
as $fn$
declare
  v_ids uuid[] := p_ids;
begin
  if cardinality(p_ids) = 0 then
    return;
  end if;
  if current_setting('lead_sync.applying', true) <> '' then
    -- what a pull writes is no news to ResMan; a forged setting merely asks for the comparison
    v_ids := array(
      select i from unnest(p_ids) as i where not lead_sync_private.is_echo(i, p_operation));
  end if;
  if cardinality(v_ids) > 20 then
    -- Among tiny tables all indexes look alike, and a plan made then may walk a whole one for
    -- each row: for many rows a plan of their own is worth its time. Here, not above: what
    -- is_echo calls is called a row.
    perform set_config('plan_cache_mode', 'force_custom_plan', true);
  end if;
  if current_setting('transaction_isolation') = 'read committed' then
    -- A pending row that can be locked at once reads the values after we commit: it says all.
    v_ids := array(
      select i.id from unnest(v_ids) as i(id)
      left join lateral (
        select q.id from public.lead_sync_queue q
        -- a range in the order of one index alone: see is_in_flight
        where q.conversation_id >= i.id and q.conversation_id <= i.id
          and q.sync_operation = p_operation and q.status = 'pending'
          and q.priority >= p_priority
        order by q.conversation_id, q.sync_operation
        limit 1
        for share skip locked
      ) as joined on true
      where joined.id is null);
  end if;
  if v_ids = '{}' then
    return;
  end if;
  insert into public.lead_sync_queue
    (conversation_id, property_id, sync_operation, sync_data, priority, next_retry_at)
  select case when p_written then i.id else k.id end, l.property_id, p_operation,
    jsonb_build_object('conversation_id', l.conversation_id), p_priority,
    case when d.delay > 0 then clock_timestamp() + d.delay * interval '1 second' end
  from unnest(v_ids) as i(id)
  -- once this has its plan: the foreign key's check is a query too, planned anew for each row
  cross join set_config('plan_cache_mode', 'force_generic_plan', true)
  -- offset: a fence, so that no plan can begin with all conversations
  cross join lateral (
    select l.conversation_id, l.property_id from lead_sync_private.lead l
    where l.conversation_id = i.id and l.ineligible is null
    offset 0) as l
  -- look-ups, not get_setting: that many calls cost more than the rest
  left join lateral (
    select (coalesce(
      (select s.value from lead_sync_private.property_setting s
       where s.property_id = l.property_id and s.name = 'update_delay'),
      (select f.default_value from lead_sync_private.setting_definition f
       where f.name = 'update_delay')) #>> '{}')::numeric as delay
    where p_event = 'UPDATE'
    offset 0) as d on true
  -- The foreign key would wait for whoever holds the conversation FOR UPDATE: then the item
  -- carries the id in its data, and a claim fills it in. Rows just written are ours already.
  left join lateral (
    select c.id from public.conversation c where c.id = i.id and not p_written
    for key share skip locked
  ) as k on true
  order by i.id;
  if found then
    perform lead_sync_private.wake_runners();
  end if;
end
$fn$;
revoke all on function lead_sync_private.capture_conversations(
  uuid[], text, integer, text, boolean) from public;
comment on function lead_sync_private.capture_conversations(
  uuid[], text, integer, text, boolean) is
'Queue an operation for those of the conversations that are eligible, joining pending items.
p_written: the statement that is captured has written their rows.
Locks: joined items FOR SHARE, conversations FOR KEY SHARE, both by SKIP LOCKED: no writer waits.
Writes: lead_sync_queue. Notifies: lead_sync_ready, while a runner sleeps.';
