create or replace function lead_sync_private.apply_steps(
  p_steps text[], p_value jsonb, p_country text)
returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $fn$
declare
  v_text text := p_value #>> '{}';
  v_step text;
begin
  if v_text is null then
    return p_value; -- absent, or an explicit blank
  end if;
  foreach v_step in array p_steps loop
    case v_step
      when 'trim' then
        v_text := nullif(btrim(v_text, E' \t\r\n'), '');
      when 'lower' then
        v_text := lower(v_text);
      when 'spaces' then
        v_text := regexp_replace(v_text, '\s+', ' ', 'g');
      when 'phone' then
        v_text := lead_sync_private.normalise_phone(v_text, p_country);
      when 'date' then
        v_text := left(v_text, 10);
      when 'number' then
        if v_text ~ '^-?\d{1,12}(\.\d{1,6})?$' then
          return to_jsonb(trim_scale(v_text::numeric));
        end if;
      when 'time' then
        v_text := lead_sync_private.iso_time(v_text);
      when 'stage' then
        v_text := case
          when v_text in ('new', 'contacted', 'qualified', 'tour_scheduled') then 'prospect'
          when v_text = 'application' then 'applicant'
          when v_text in ('leased', 'resident') then 'current_resident'
          else v_text end;
      else -- list: compares without regard to order, and to the case of types
        if jsonb_typeof(p_value) <> 'array' then
          return p_value;
        end if;
        return coalesce((select jsonb_agg(e order by e::text) from (
          select case when jsonb_typeof(x) = 'object' and x ? 'type'
            then x || jsonb_build_object('type', lower(btrim(x ->> 'type'))) else x end as e
          from jsonb_array_elements(p_value) as x) as s), '[]');
    end case;
  end loop;
  return coalesce(to_jsonb(v_text), 'null');
end
$fn$;
revoke all on function lead_sync_private.apply_steps(text[], jsonb, text) from public;
comment on function lead_sync_private.apply_steps(text[], jsonb, text) is
'Bring a value to the form in which two sides are compared, by a normaliser''s steps.
Returns: jsonb; json null for a blank; SQL null for an absent value.';
