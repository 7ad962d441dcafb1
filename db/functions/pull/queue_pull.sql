create or replace function lead_sync_private.queue_pull(
  p_property_id uuid, p_priority integer, p_data jsonb, p_conversation_id uuid default null,
  p_due_at timestamptz default null)
returns uuid
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $fn$
declare
  v_id uuid;
  v_conversation_id uuid;
begin
  select q.id into v_id
  from public.lead_sync_queue q
  where q.property_id = p_property_id and q.sync_operation = 'pull' and q.status = 'pending'
    and q.priority >= p_priority
    and q.sync_data ->> 'lead_id' is not distinct from p_data ->> 'lead_id'
    and (q.sync_data ->> 'since' is not distinct from p_data ->> 'since'
      or (q.sync_data ->> 'since')::timestamptz <= (p_data ->> 'since')::timestamptz)
  order by q.seq limit 1
  for share skip locked;
  if v_id is null then
    -- The foreign key would wait for whoever holds the conversation FOR UPDATE: then a claim
    -- finds it by the lead.
    select c.id into v_conversation_id
    from public.conversation c where c.id = p_conversation_id
    for key share skip locked;
    insert into public.lead_sync_queue
      (conversation_id, property_id, sync_operation, sync_data, priority, next_retry_at,
       resman_lead_id)
    values (v_conversation_id, p_property_id, 'pull', p_data, p_priority, p_due_at,
      p_data ->> 'lead_id')
    returning id into v_id;
    perform lead_sync_private.wake_runners();
  end if;
  return v_id;
end
$fn$;
revoke all on function lead_sync_private.queue_pull(uuid, integer, jsonb, uuid, timestamptz)
  from public;
comment on function lead_sync_private.queue_pull(uuid, integer, jsonb, uuid, timestamptz) is
'Queue a pull of a property, or with a lead_id in p_data of one lead; or join a pending one that
reads the same.
Returns: the item''s id.
Locks: the joined row FOR SHARE, the conversation FOR KEY SHARE, both by SKIP LOCKED.
Writes: lead_sync_queue. Notifies: lead_sync_ready, while a runner sleeps.';
