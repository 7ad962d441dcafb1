create or replace function lead_sync.enqueue_backfill(
  p_property_id uuid, p_since timestamptz default null)
returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $fn$
declare
  v_queued bigint;
begin
  if not exists (
      select from public.resman_integration i where i.property_id = p_property_id) then
    raise exception using errcode = 'LS003', message = 'property has no integration',
      hint = 'Add one with configure_integration or leadsync integration add.';
  end if;
  insert into public.lead_sync_queue
    (conversation_id, property_id, sync_operation, sync_data, priority)
  select k.id, p_property_id, 'push', jsonb_build_object('conversation_id', l.id), 1
  from lead_sync_private.unlinked_leads(p_property_id, p_since) as l(id)
  -- The foreign key would wait for whoever holds the conversation FOR UPDATE: then the item
  -- carries the id in its data, and a claim fills it in.
  left join lateral (
    select c.id from public.conversation c where c.id = l.id
    for key share skip locked
  ) as k on true
  where not exists (
    select from public.lead_sync_queue q
    where q.conversation_id = l.id and q.sync_operation = 'push' and q.status = 'pending')
  order by l.id;
  get diagnostics v_queued = row_count;
  if v_queued > 0 then
    perform lead_sync_private.wake_runners();
  end if;
  return v_queued;
end
$fn$;
revoke all on function lead_sync.enqueue_backfill(uuid, timestamptz) from public;
grant execute on function lead_sync.enqueue_backfill(uuid, timestamptz) to lead_sync_service;
comment on function lead_sync.enqueue_backfill(uuid, timestamptz) is
'Queue what a property already holds: a push of low priority for every conversation that is a
lead, begun at or after p_since (null: whenever), without a link and without a pending push.
Returns: how many were queued.
Raises: LS003.
Locks: the conversations FOR KEY SHARE, by SKIP LOCKED. Writes: lead_sync_queue.
Notifies: lead_sync_ready, while a runner sleeps.';
