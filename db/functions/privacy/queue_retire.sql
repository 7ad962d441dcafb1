create or replace function lead_sync_private.queue_retire(
  p_property_id uuid, p_lead_id text, p_contact_id text, p_why text)
returns uuid
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $fn$
declare
  v_id uuid;
begin
  insert into public.lead_sync_queue
    (property_id, sync_operation, sync_data, priority, resman_lead_id)
  values (p_property_id, 'status_update', jsonb_build_object('retire', p_lead_id,
    'contact_id', p_contact_id, 'why', p_why), 2, p_lead_id)
  returning id into v_id;
  perform lead_sync_private.wake_runners();
  return v_id;
end
$fn$;
revoke all on function lead_sync_private.queue_retire(uuid, text, text, text) from public;
comment on function lead_sync_private.queue_retire(uuid, text, text, text) is
'Queue that a lead which no conversation stands for any more is marked lost in ResMan.
Returns: the item''s id.
Writes: lead_sync_queue. Notifies: lead_sync_ready, while a runner sleeps.';
