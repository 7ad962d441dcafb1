-- Runs before the other code files. Rights are given anew by the files: one that no file gives
-- any more is gone, those that others gave stay. Then notes what there is, so that finish.sql
-- can drop what no file has made again.
do $prepare$
declare
  v_row record;
  -- the views and triggers that the loader leaves alone
  v_kept text[] := array(
    select jsonb_array_elements_text(current_setting('lead_sync.code_kept')::jsonb));
begin
  for v_row in
    select kind, name from lead_sync_private.code_object
    where is_owned and (kind = 'routine' or kind = 'view' and object_name <> all(v_kept))
  loop
    execute format(
      'revoke all on %s %s from public, lead_sync_runner, lead_sync_service, lead_sync_monitor',
      case v_row.kind when 'view' then 'table' else v_row.kind end, v_row.name);
  end loop;
  perform set_config('lead_sync.code_before',
    coalesce(jsonb_object_agg(kind || ' ' || object_id, version), '{}')::text, true)
  from lead_sync_private.code_object
  where kind = 'routine' or object_name <> all(v_kept);
end
$prepare$;
