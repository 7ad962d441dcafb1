-- Drops the triggers, before a rollback; clear.sql follows and drops the rest of the code.
do $unload$
declare
  v_name text;
begin
  if to_regclass('lead_sync_private.code_object') is null then
    return; -- rolled back before any code was loaded
  end if;
  for v_name in
    select name from lead_sync_private.code_object where kind = 'trigger' order by 1
  loop
    execute format('drop trigger %s', v_name);
  end loop;
end
$unload$;
