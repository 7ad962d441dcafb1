create or replace function lead_sync_private.check_setting(p_name text, p_value jsonb)
returns text
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $fn$
declare
  v_definition lead_sync_private.setting_definition;
  v_text text := p_value #>> '{}';
begin
  select d.* into v_definition
  from lead_sync_private.setting_definition d where d.name = p_name;
  if jsonb_typeof(p_value) <> (case v_definition.value_type
      when 'number' then 'number' when 'boolean' then 'boolean' else 'string' end) then
    return format('wants a %s', v_definition.value_type);
  elsif v_definition.value_type = 'number' then
    if v_text::numeric < v_definition.minimum or v_text::numeric > v_definition.maximum then
      return format('wants a number from %s to %s', v_definition.minimum, v_definition.maximum);
    elsif p_name in ('rate_limit', 'partner_rate_limit') and v_text::numeric > 0
        and v_text::numeric < 0.1 then
      return 'wants 0 for no limit, or at least 0.1'; -- a request would outlive its lease
    end if;
  elsif v_definition.value_type = 'text' then
    if btrim(v_text) = '' or length(v_text) > 200 then
      return 'wants a text of 1 to 200 characters';
    elsif not v_definition.choices @> jsonb_build_array(p_value) then
      return format('wants one of %s', v_definition.choices);
    elsif p_name = 'time_zone' and not exists (
        select from pg_timezone_names z where z.name = v_text) then
      return 'wants a time zone such as America/Chicago';
    elsif p_name = 'country_code' and v_text !~ '^[1-9][0-9]{0,2}$' then
      return 'wants a country calling code: 1 to 3 digits';
    end if;
  elsif v_definition.value_type = 'time' then
    begin
      -- without a zone it would depend on who asks
      if v_text !~ '^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d(:?\d\d)?)$'
         or not isfinite(v_text::timestamptz) then
        return 'wants a time with its zone such as 2026-01-31T12:00:00Z';
      end if;
    exception when data_exception then
      return 'wants a time with its zone such as 2026-01-31T12:00:00Z';
    end;
  end if;
  return null;
end
$fn$;
revoke all on function lead_sync_private.check_setting(text, jsonb) from public;
comment on function lead_sync_private.check_setting(text, jsonb) is
'Say what is wrong with a value of a known setting: its type, choices, bounds or meaning.
Returns: a phrase that follows the setting''s name; null where the value fits.';
