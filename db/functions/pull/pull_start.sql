create or replace function lead_sync_private.pull_start(p_property_id uuid)
returns timestamptz
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $fn$
begin
  return coalesce(
    (select s.read_until - (lead_sync_private.get_setting(p_property_id, 'pull_overlap') #>> '{}')
        ::numeric * interval '1 second'
     from lead_sync_private.pull_state s where s.property_id = p_property_id),
    (lead_sync_private.get_setting(p_property_id, 'pull_since') #>> '{}')::timestamptz,
    (select i.created_at from public.resman_integration i where i.property_id = p_property_id),
    clock_timestamp());
end
$fn$;
revoke all on function lead_sync_private.pull_start(uuid) from public;
comment on function lead_sync_private.pull_start(uuid) is
'Say from when on a property''s next pull reads: the start of the last one less the overlap; the
first begins at pull_since, else when the integration was created.';
