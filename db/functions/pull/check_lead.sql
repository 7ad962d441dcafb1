create or replace function lead_sync_private.check_lead(p_lead jsonb)
returns text
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $fn$
declare
  v_row record;
begin
  if jsonb_typeof(p_lead) is distinct from 'object' then
    return 'lead is not an object';
  elsif jsonb_typeof(p_lead -> 'lead_id') is distinct from 'string'
     or btrim(p_lead ->> 'lead_id') = '' or length(p_lead ->> 'lead_id') > 100 then
    return 'lead has no lead_id';
  elsif pg_column_size(p_lead) > 1048576 then
    return 'lead is larger than 1 MiB';
  elsif p_lead ? 'events' and jsonb_typeof(p_lead -> 'events') <> 'array' then
    return 'events are not a list';
  end if;
  for v_row in
    select f.field, f.normaliser, p_lead -> f.field as value
    from lead_sync_private.lead_field f
    where p_lead ? f.field and p_lead -> f.field <> 'null' and not f.custom
  loop
    if v_row.normaliser = 'number' and jsonb_typeof(v_row.value) <> 'number'
       or v_row.normaliser = 'json' and jsonb_typeof(v_row.value) <> 'array'
       or v_row.normaliser not in ('number', 'json') and (
         jsonb_typeof(v_row.value) <> 'string' or length(v_row.value #>> '{}') > 100000)
       or v_row.normaliser = 'date' and v_row.value #>> '{}' !~ '^\d{4}-\d\d-\d\d$' then
      return format('%s is not a %s', v_row.field, v_row.normaliser);
    end if;
  end loop;
  if p_lead ? 'observed_at' then
    if coalesce(p_lead ->> 'observed_at', '')
        !~ '^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:?\d\d)$' then
      return 'observed_at is no time with its zone';
    end if;
    perform (p_lead ->> 'observed_at')::timestamptz;
  end if;
  return null;
exception when data_exception then
  return 'observed_at is no time with its zone';
end
$fn$;
revoke all on function lead_sync_private.check_lead(jsonb) from public;
comment on function lead_sync_private.check_lead(jsonb) is
'Say what is wrong with a lead document from outside; unknown keys are ignored.
Returns: a phrase; null where it fits.';
