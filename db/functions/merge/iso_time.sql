create or replace function lead_sync_private.iso_time(p_text text)
returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
set datestyle = 'ISO, YMD'
as $fn$
begin
  return to_char(p_text::timestamptz at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"');
exception when data_exception then
  return nullif(btrim(p_text), '');
end
$fn$;
revoke all on function lead_sync_private.iso_time(text) from public;
comment on function lead_sync_private.iso_time(text) is
'Write a time as ISO 8601 in UTC, to the second; a time without a zone is meant as UTC.
Returns: the text itself where it is no time, null for blank.
Immutable although a cast to timestamptz is not: time zone and date style are pinned.';
