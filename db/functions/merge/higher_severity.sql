create or replace function lead_sync_private.higher_severity(p_one text, p_other text)
returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $fn$
begin
  return case when array_position(array['low', 'medium', 'high', 'critical'], p_one)
    > array_position(array['low', 'medium', 'high', 'critical'], p_other)
    then p_one else p_other end;
end
$fn$;
revoke all on function lead_sync_private.higher_severity(text, text) from public;
comment on function lead_sync_private.higher_severity(text, text) is
'Choose the higher of two severities.';
