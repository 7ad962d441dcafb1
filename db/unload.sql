-- Drops the code: triggers, views, functions. The tables under it stay.
do $unload$
declare
  v_row record;
begin
  for v_row in
    select t.tgname, t.tgrelid::regclass as relation
    from pg_catalog.pg_trigger t join pg_catalog.pg_proc p on p.oid = t.tgfoid
    where not t.tgisinternal
      and (p.pronamespace = 'lead_sync_private'::regnamespace
        or p.pronamespace = 'public'::regnamespace and p.proname in (
          'update_conversation_sync_status', 'update_user_sync_status', 'add_sync_queue_item'))
  loop
    execute format('drop trigger %I on %s', v_row.tgname, v_row.relation);
  end loop;
  drop view if exists public.sync_success_rates, public.conflict_resolution_stats,
    public.queue_performance_metrics, public.property_sync_status, public.sync_health_monitoring;
  for v_row in
    select c.oid::regclass as relation
    from pg_catalog.pg_class c
    where c.relkind = 'v'
      and c.relnamespace in ('lead_sync'::regnamespace, 'lead_sync_private'::regnamespace)
  loop
    execute format('drop view if exists %s cascade', v_row.relation);
  end loop;
  for v_row in
    select p.oid::regprocedure as routine
    from pg_catalog.pg_proc p
    where p.pronamespace in ('lead_sync'::regnamespace, 'lead_sync_private'::regnamespace)
       or p.pronamespace = 'public'::regnamespace and p.proname in (
         'update_conversation_sync_status', 'update_user_sync_status', 'add_sync_queue_item',
         'archive_old_sync_logs', 'archive_resolved_conflicts', 'cleanup_old_queue_items')
  loop
    execute format('drop function if exists %s cascade', v_row.routine);
  end loop;
end
$unload$;
