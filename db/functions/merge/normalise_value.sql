create or replace function lead_sync_private.normalise_value(
  p_normaliser text, p_value jsonb, p_country text default '1')
returns jsonb
language plpgsql stable parallel safe
set search_path = pg_catalog, pg_temp
as $fn$
begin
  return (
    select lead_sync_private.apply_steps(n.steps, p_value, p_country)
    from lead_sync_private.normaliser n
    where n.name = p_normaliser
    order by n.version desc limit 1);
end
$fn$;
revoke all on function lead_sync_private.normalise_value(text, jsonb, text) from public;
comment on function lead_sync_private.normalise_value(text, jsonb, text) is
'Bring a value of the canonical lead document to the form in which two sides are compared, by the
newest version of the named normaliser.
Returns: jsonb; json null for a blank; SQL null for an absent value or an unknown normaliser.';
