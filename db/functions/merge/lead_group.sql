create or replace function lead_sync_private.lead_group(
  p_document jsonb, p_group text, p_country text)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $fn$
  select coalesce(jsonb_object_agg(f.field,
    lead_sync_private.normalise_value(f.normaliser, p_document -> f.field, p_country)), '{}')
  from lead_sync_private.lead_field f
  where f.field_group = p_group and p_document ? f.field;
$fn$;
revoke all on function lead_sync_private.lead_group(jsonb, text, text) from public;
comment on function lead_sync_private.lead_group(jsonb, text, text) is
'Take the observed fields of one group out of a lead document, normalised.
Returns: an object; a field that was not observed is absent from it.';
