create or replace function lead_sync_private.kept_state(p_state jsonb)
returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $fn$
begin
  return (
    select coalesce(jsonb_object_agg(e.key, e.value), '{}')
    from jsonb_each(p_state) as e where e.key in ('sent', 'lead_id', 'window', 'counts'));
end
$fn$;
revoke all on function lead_sync_private.kept_state(jsonb) from public;
comment on function lead_sync_private.kept_state(jsonb) is
'Reduce an item''s state to what a new attempt must not forget: a save whose outcome is unknown,
the lead it is about, and how far a pull has come.
Returns: the reduced state.';
