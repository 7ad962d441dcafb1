create or replace function lead_sync_private.resolve_agent(p_property_id uuid)
returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
set enable_bitmapscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $fn$
begin
  return (
    -- materialized: else the setting is read anew beside each of ResMan's names
    with wanted as materialized (
      select m.email::text as wanted, 1 as rank
      from public.property_manager_assignment a
      join public.property_manager m on m.id = a.property_manager_id
      where a.property_id = p_property_id and a.is_primary
      union all
      select lead_sync_private.get_setting(p_property_id, 'default_agent') #>> '{}', 2
    )
    select jsonb_build_object('id', l.id, 'name', l.name)
    from wanted w
    join lead_sync_private.lookup l
      on lower(l.email) = lower(btrim(w.wanted))
      or w.rank = 2 and lower(btrim(l.name)) = lower(btrim(w.wanted))
    where l.property_id = p_property_id and l.kind = 'agent' and l.active
    order by w.rank, l.id limit 1);
end
$fn$;
revoke all on function lead_sync_private.resolve_agent(uuid) from public;
comment on function lead_sync_private.resolve_agent(uuid) is
'Find the ResMan employee for a property''s leads: the one with the e-mail of the primary manager,
else the default agent, by e-mail or name.
Returns: {"id","name"}, or null where none is known: then a create cannot be made.';
