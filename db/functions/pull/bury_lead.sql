create or replace function lead_sync_private.bury_lead(
  p_property_id uuid, p_data jsonb, p_code text, p_message text)
returns uuid
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $fn$
declare
  v_item public.lead_sync_queue;
begin
  select q.* into v_item
  from public.lead_sync_queue q
  where q.property_id = p_property_id and q.sync_operation = 'pull' and q.status = 'failed'
    and q.sync_data = p_data
  order by q.seq limit 1
  for update skip locked;
  if not found then
    insert into public.lead_sync_queue
      (property_id, sync_operation, sync_data, priority, status, resman_lead_id, error_code,
       error_message, processed_at)
    values (p_property_id, 'pull', p_data, 2, 'failed', p_data ->> 'lead_id', left(p_code, 100),
      left(p_message, 4000), clock_timestamp())
    returning * into v_item;
  end if;
  perform lead_sync_private.write_log(v_item, 'failed', 'update', p_data, null, p_code,
    p_message);
  return v_item.id;
end
$fn$;
revoke all on function lead_sync_private.bury_lead(uuid, jsonb, text, text) from public;
comment on function lead_sync_private.bury_lead(uuid, jsonb, text, text) is
'Keep a lead that could not be applied, or a window that could not be read, as a dead letter:
requeue_item reads it again. One that is a dead letter already stays the one.
Returns: the item''s id.
Writes: lead_sync_queue, lead_sync_log.';
