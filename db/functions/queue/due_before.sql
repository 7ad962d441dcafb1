create or replace function lead_sync_private.due_before(
  p_frequency text, p_property_id uuid, p_now timestamptz)
returns timestamptz
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $fn$
begin
  return case p_frequency
    when 'hourly' then date_trunc('hour', p_now)
    when 'daily' then date_trunc('day', p_now,
      lead_sync_private.get_setting(p_property_id, 'time_zone') #>> '{}')
    else 'infinity' end;
end
$fn$;
revoke all on function lead_sync_private.due_before(text, uuid, timestamptz) from public;
comment on function lead_sync_private.due_before(text, uuid, timestamptz) is
'Say before which time an item must have been queued to be due now: realtime items are due at once,
hourly and daily ones at the next boundary, in the property''s time zone.';
