create or replace function lead_sync_private.normalise_value(
  p_normaliser text, p_value jsonb, p_country text default '1')
returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $fn$
declare
  v_text text := p_value #>> '{}';
begin
  if p_value is null or v_text is null then
    return p_value;
  end if;
  case p_normaliser
    when 'text' then
      return coalesce(to_jsonb(nullif(btrim(v_text, E' \t\r\n'), '')), 'null');
    when 'email' then
      return coalesce(to_jsonb(nullif(lower(btrim(v_text, E' \t\r\n')), '')), 'null');
    when 'phone' then
      return coalesce(to_jsonb(lead_sync_private.normalise_phone(v_text, p_country)), 'null');
    when 'date' then
      return coalesce(to_jsonb(nullif(left(btrim(v_text), 10), '')), 'null');
    when 'number' then
      if v_text ~ '^\s*-?\d{1,12}(\.\d{1,6})?\s*$' then
        return to_jsonb(trim_scale(v_text::numeric));
      end if;
      return coalesce(to_jsonb(nullif(btrim(v_text), '')), 'null');
    when 'time' then
      return coalesce(to_jsonb(lead_sync_private.iso_time(v_text)), 'null');
    when 'stage' then
      v_text := lower(btrim(v_text));
      return coalesce(to_jsonb(case
        when v_text in ('new', 'contacted', 'qualified', 'tour_scheduled') then 'prospect'
        when v_text = 'application' then 'applicant'
        when v_text in ('leased', 'resident') then 'current_resident'
        else nullif(v_text, '') end), 'null');
    else -- json: a list compares without regard to order
      if jsonb_typeof(p_value) = 'array' then
        return coalesce((select jsonb_agg(e order by e::text) from (
          select case when jsonb_typeof(x) = 'object'
            then x || jsonb_build_object('type', lower(btrim(x ->> 'type'))) else x end as e
          from jsonb_array_elements(p_value) as x) as s), '[]');
      end if;
      return p_value;
  end case;
end
$fn$;
revoke all on function lead_sync_private.normalise_value(text, jsonb, text) from public;
comment on function lead_sync_private.normalise_value(text, jsonb, text) is
'Bring a value of the canonical lead document to the form in which two sides are compared.
Returns: jsonb; json null for a blank; SQL null for an absent value.';
