-- Runs after the code files, in their transaction: everything belongs to lead_sync_owner, what
-- no file has made again is dropped, and what there is now goes on record.
do $finish$
declare
  v_row record;
  v_before jsonb := current_setting('lead_sync.code_before');
begin
  for v_row in
    select kind, name from lead_sync_private.code_object where not is_owned
  loop
    execute format('alter %s %s owner to lead_sync_owner', v_row.kind, v_row.name);
  end loop;
  for v_row in
    select kind, string_agg(name, ', ') as names
    from lead_sync_private.code_object
    where v_before ->> (kind || ' ' || object_id) = version and kind <> 'trigger'
    group by kind
    union all
    select kind, name
    from lead_sync_private.code_object
    where v_before ->> (kind || ' ' || object_id) = version and kind = 'trigger'
    order by 1 desc -- views stand on routines
  loop
    execute format('drop %s %s', v_row.kind, v_row.names);
  end loop;
end
$finish$;

select lead_sync_private.record_objects();
