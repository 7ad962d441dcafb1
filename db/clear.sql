-- Drops the code that nothing else depends on: behind prepare.sql where the new code has another
-- shape than the old, which cannot be replaced in place then, and before a rollback. A function
-- that a trigger needs has no shape to change, and stays.
do $clear$
declare
  v_row record;
  v_dropped boolean;
begin
  if to_regclass('lead_sync_private.code_object') is null then
    return; -- rolled back before any code was loaded
  end if;
  loop
    v_dropped := false;
    for v_row in
      select kind, name from lead_sync_private.code_object where kind in ('routine', 'view')
    loop
      begin
        execute format('drop %s %s', v_row.kind, v_row.name);
        v_dropped := true;
      exception when dependent_objects_still_exist then
        null; -- what needs it may go in this round
      end;
    end loop;
    exit when not v_dropped;
  end loop;
end
$clear$;
