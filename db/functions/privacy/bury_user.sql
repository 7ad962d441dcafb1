create or replace function lead_sync_private.bury_user()
returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $fn$
declare
  v_mapping public.lead_sync_mapping;
begin
  for v_mapping in
    select m.*
    from public.conversation c join public.lead_sync_mapping m on m.conversation_id = c.id
    where c.user_id = old.id
  loop
    perform lead_sync_private.raise_tombstone(v_mapping.conversation_id, v_mapping.property_id,
      v_mapping.resman_lead_id, jsonb_build_object('email', old.email, 'phone', old.phone),
      'deleted', 'the user was deleted in DomIQ');
    perform lead_sync_private.retire_deleted(v_mapping);
  end loop;
  return old;
end
$fn$;
revoke all on function lead_sync_private.bury_user() from public;
comment on function lead_sync_private.bury_user() is
'Leave a tombstone for each linked lead of a "user" that is being deleted. Trigger.
Writes: tombstone, lead_sync_queue.';
