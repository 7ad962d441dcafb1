create or replace function public.update_user_sync_status()
returns trigger
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $fn$
declare
  v_now jsonb := to_jsonb(clock_timestamp());
begin
  new.resman_sync_version := coalesce(old.resman_sync_version, 0) + 1;
  new.resman_sync_status := 'not_synced';
  -- the setting: as in update_conversation_sync_status
  new.resman_capture_mark := set_config('lead_sync.stamped', txid_current()::text, true)::bigint;
  new.resman_field_times := coalesce(old.resman_field_times, '{}') || jsonb_strip_nulls(
    jsonb_build_object(
      'name', case when new.first_name is distinct from old.first_name
        or new.last_name is distinct from old.last_name then v_now end,
      'email', case when new.email is distinct from old.email then v_now end,
      'phone', case when new.phone is distinct from old.phone then v_now end));
  return new;
end
$fn$;
revoke all on function public.update_user_sync_status() from public;
comment on function public.update_user_sync_status() is
'Stamp a "user" whose synced fields changed, as update_conversation_sync_status does. Trigger.';
