-- Runs after the code files, in their transaction: everything belongs to lead_sync_owner.
do $owner$
declare
  v_name text;
begin
  for v_name in
    select p.oid::regprocedure::text
    from pg_catalog.pg_proc p
    where (p.pronamespace in ('lead_sync'::regnamespace, 'lead_sync_private'::regnamespace)
        or p.pronamespace = 'public'::regnamespace and p.proname in (
          'update_conversation_sync_status', 'update_user_sync_status', 'add_sync_queue_item',
          'archive_old_sync_logs', 'archive_resolved_conflicts', 'cleanup_old_queue_items'))
      and p.proowner <> 'lead_sync_owner'::regrole
  loop
    execute format('alter function %s owner to lead_sync_owner', v_name);
  end loop;
  for v_name in
    select c.oid::regclass::text
    from pg_catalog.pg_class c
    where c.relkind = 'v'
      and c.relnamespace in ('lead_sync'::regnamespace, 'lead_sync_private'::regnamespace)
      and c.relowner <> 'lead_sync_owner'::regrole
  loop
    execute format('alter view %s owner to lead_sync_owner', v_name);
  end loop;
end
$owner$;
