create or replace function lead_sync_private.bury_user()
returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $fn$
declare
  v_row record;
begin
  for v_row in
    select c.id, b.property_id, m as mapping
    from public.conversation c
    left join public.chatbot b on b.id = c.chatbot_id
    left join public.lead_sync_mapping m on m.conversation_id = c.id
    where c.user_id = old.id
      -- a create may be on its way: what it makes must not come back with the next pull
      and (m.id is not null or lead_sync_private.may_be_created(c.id))
  loop
    perform lead_sync_private.raise_tombstone(v_row.id,
      coalesce((v_row.mapping).property_id, v_row.property_id), (v_row.mapping).resman_lead_id,
      jsonb_build_object('email', old.email, 'phone', old.phone), 'deleted',
      'the user was deleted in DomIQ');
    perform lead_sync_private.retire_deleted(v_row.mapping);
  end loop;
  return old;
end
$fn$;
revoke all on function lead_sync_private.bury_user() from public;
comment on function lead_sync_private.bury_user() is
'Leave a tombstone for each lead of a "user" that is being deleted, linked or perhaps being made.
Trigger.
Writes: tombstone, lead_sync_queue.';
