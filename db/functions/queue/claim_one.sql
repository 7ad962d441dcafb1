create or replace function lead_sync_private.claim_one(
  p_candidate public.lead_sync_queue, p_runner_id text, p_lease interval)
returns public.lead_sync_queue
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
set enable_bitmapscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set enable_sort = off
set enable_incremental_sort = off
as $fn$
declare
  v_conversation_id uuid := coalesce(p_candidate.conversation_id,
    lead_sync_private.read_uuid(p_candidate.sync_data ->> 'conversation_id'));
  v_lane uuid;
  v_first public.lead_sync_queue;
  v_next public.lead_sync_queue;
  v_alone boolean := true;
  v_now timestamptz;
  v_result public.lead_sync_queue;
begin
  select coalesce(m.conversation_id, e.conversation_id, v_conversation_id, n.conversation_id,
    case when p_candidate.sync_operation = 'pull' and not p_candidate.sync_data ?| array['lead_id', 'reconcile']
      then p_candidate.property_id end, p_candidate.id)
  into v_lane
  from (select 1) as one
  left join lead_sync_private.follower f on f.conversation_id = v_conversation_id
  -- offset: fences, since among few rows the joins would be planned to walk whole indexes
  left join lateral (
    select x.id, x.conversation_id from public.lead_sync_mapping x where x.id = f.mapping_id
    offset 0) as m on true
  -- one that is about to follow its user's lead, as find_mapping has it
  left join lateral (
    select x.conversation_id
    from public.conversation c
    cross join lateral (
      select o.id from public.conversation o where o.user_id = c.user_id offset 0) as o
    cross join lateral (
      select l.* from public.lead_sync_mapping l
      where l.conversation_id = o.id and l.mapping_status <> 'merged'
      offset 0) as x
    where c.id = v_conversation_id and m.id is null
      and x.property_id = p_candidate.property_id and x.mapping_status = 'active' and not exists (
      select from public.lead_sync_mapping own
      where own.conversation_id = v_conversation_id and own.mapping_status <> 'merged')
    order by x.created_at, x.id limit 1
  ) as e on true
  left join public.lead_sync_mapping n on p_candidate.sync_operation = 'pull'
    and n.resman_lead_id = p_candidate.sync_data ->> 'lead_id';
  -- By try, after the limit: two claims never wait for each other.
  if not pg_try_advisory_xact_lock(hashtextextended(v_lane::text, 7813528840112739843))
     or v_conversation_id <> v_lane and not pg_try_advisory_xact_lock(
       hashtextextended(v_conversation_id::text, 7813528840112739843)) then
    return null;
  end if;
  -- A new statement sees what a claim that held the lock has committed since.
  if lead_sync_private.is_in_flight(v_conversation_id, v_lane) then
    return null;
  end if;
  if p_candidate.conversation_id is null and v_conversation_id is not null then
    -- queued while another transaction held the conversation's row
    perform from public.conversation c where c.id = v_conversation_id for key share skip locked;
    if not found then
      return null;
    end if;
    update public.lead_sync_queue q set conversation_id = v_conversation_id
    where q.id = p_candidate.id;
  end if;

  -- The oldest of a key survives: its backoff and what it knows of a lost save must hold.
  for v_next in
    select q.*
    from public.lead_sync_queue q
    -- a range in the order of one index alone: see is_in_flight
    where q.conversation_id >= v_conversation_id and q.conversation_id <= v_conversation_id
      and q.sync_operation = p_candidate.sync_operation and q.status = 'pending'
    order by q.conversation_id, q.sync_operation
    for update skip locked
  loop
    v_alone := v_first.id is null;
    if v_alone or v_next.seq < v_first.seq then
      v_first := v_next;
    end if;
  end loop;
  if v_first.id is null then -- an item without a conversation is its own key
    v_first := p_candidate;
    v_alone := false;
  end if;
  if not v_alone then
    perform lead_sync_private.fold_pending(v_first.id);
  end if;
  v_now := clock_timestamp();
  if v_first.next_retry_at > v_now then
    return null;
  end if;
  update public.lead_sync_queue q
  set status = 'processing', lane = v_lane, lease_token = gen_random_uuid(),
      lease_until = v_now + p_lease, lease_started_at = v_now, lease_length = p_lease,
      -- drawn by a transaction that has its id, since it has locked the row: see claim_low_water
      claim_number = nextval('lead_sync_private.claim_number'),
      runner_id = p_runner_id, attempt = q.attempt + 1, next_retry_at = null, updated_at = v_now
  where q.id = v_first.id
  returning q.* into v_result;
  return v_result;
end
$fn$;
revoke all on function lead_sync_private.claim_one(public.lead_sync_queue, text, interval)
  from public;
comment on function lead_sync_private.claim_one(public.lead_sync_queue, text, interval) is
'Turn a locked candidate into a leased item, if nothing of its lead is in flight.
All lockable pending rows of its key fold into the oldest; while that one backs off none is taken.
Returns: the claimed row; all null where it has to wait.
Locks: the lead''s and the conversation''s advisory locks for the transaction, by try.
Writes: lead_sync_queue. No row of DomIQ''s.';
