create or replace function lead_sync_private.pull_start(p_property_id uuid)
returns timestamptz
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $fn$
begin
  return (
    select coalesce(
      (select case when s.read_until > n.now
          then greatest(n.now - interval '2 days', least(n.first, n.now))
          else s.read_until - (lead_sync_private.get_setting(p_property_id, 'pull_overlap') #>> '{}')
            ::numeric * interval '1 second' end
       from lead_sync_private.pull_state s where s.property_id = p_property_id),
      n.first, n.now)
    from (
      select clock_timestamp() as now, coalesce(
        (lead_sync_private.get_setting(p_property_id, 'pull_since') #>> '{}')::timestamptz,
        (select i.created_at from public.resman_integration i
         where i.property_id = p_property_id)) as first
    ) as n);
end
$fn$;
revoke all on function lead_sync_private.pull_start(uuid) from public;
comment on function lead_sync_private.pull_start(uuid) is
'Say from when on a property''s next pull reads: the start of the last one less the overlap; the
first begins at pull_since, else when the integration was created. Where the last one ended ahead
of the clock, that has stepped back and the end says nothing: the last two days are read again.';
