create or replace function lead_sync_private.matching_leads(
  p_leads jsonb, p_field text, p_value text, p_country text)
returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $fn$
begin
  return (
    select coalesce(jsonb_agg(l), '[]')
    from (
      select distinct on (l ->> 'lead_id') l
      from jsonb_array_elements(p_leads) as l
      where l ->> 'lead_id' <> ''
        and not lead_sync_private.is_retired(l ->> 'lead_id')
        and lead_sync_private.normalise_value(p_field, l -> p_field, p_country)
          = to_jsonb(p_value)
      order by l ->> 'lead_id'
    ) as found);
end
$fn$;
revoke all on function lead_sync_private.matching_leads(jsonb, text, text, text) from public;
comment on function lead_sync_private.matching_leads(jsonb, text, text, text) is
'Keep of a search''s answer the leads whose normalised value really is the one searched for; those
that merge_leads has retired are none.
Returns: an array, each lead once.';
