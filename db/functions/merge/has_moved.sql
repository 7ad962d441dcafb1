create or replace function lead_sync_private.has_moved(
  p_conflict public.lead_sync_conflicts, p_now jsonb)
returns boolean
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $fn$
begin
  -- a rule of comparison that changed since moves nothing
  return (
    select jsonb_strip_nulls(lead_sync_private.normalise_group(p_now #> '{group,fields}',
        coalesce(p_conflict.domiq_value, '{}'), p_now ->> 'country'))
        is distinct from jsonb_strip_nulls(p_now -> 'domiq')
      or jsonb_strip_nulls(lead_sync_private.normalise_group(p_now #> '{group,fields}',
        coalesce(p_conflict.resman_value, '{}'), p_now ->> 'country'))
        is distinct from jsonb_strip_nulls(p_now -> 'resman'));
end
$fn$;
revoke all on function lead_sync_private.has_moved(public.lead_sync_conflicts, jsonb) from public;
comment on function lead_sync_private.has_moved(public.lead_sync_conflicts, jsonb) is
'Say whether a side of a conflict holds another value than the conflict shows.
p_now: as weigh_link.';
