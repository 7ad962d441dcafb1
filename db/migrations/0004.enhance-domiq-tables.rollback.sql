-- Drops what the package added to DomIQ's tables and nothing else.
do $rollback$
declare
  v_row record;
begin
  if to_regclass('lead_sync_private.added_object') is null then
    drop table if exists lead_sync_private.added_column;
    return; -- not yet done, or undone already, by a run that was interrupted
  end if;

  if current_setting('lock_timeout') = '0' then
    perform set_config('lock_timeout', '200ms', true);
  end if;
  -- in the order in which a statement locks them: its own table, then those that keys refer to
  lock table public.lead_notification, public.conversation, public."user"
    in access exclusive mode;

  for v_row in select * from lead_sync_private.added_object loop
    if v_row.kind = 'index' then
      execute format('drop index if exists public.%I', v_row.object_name);
    else
      execute format('alter table public.%I drop constraint if exists %I',
        v_row.table_name, v_row.object_name);
    end if;
  end loop;
  for v_row in select * from lead_sync_private.added_column loop
    execute format('alter table public.%I drop column if exists %I', v_row.table_name,
      v_row.column_name);
  end loop;

  drop table lead_sync_private.added_object;
  drop table lead_sync_private.added_column;
end
$rollback$;
