create or replace function lead_sync_private.resolve_source(
  p_property_id uuid, p_conversation_id uuid)
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
      select name, rank
      from public.conversation c
      left join public."user" u on u.id = c.user_id,
      lateral (values
        (c.source::text, 1), (u.lead_source::text, 2),
        (lead_sync_private.get_setting(p_property_id, 'default_source') #>> '{}', 3)
      ) as w(name, rank)
      where c.id = p_conversation_id and btrim(name) <> ''
    ), named as (
      select l.id, l.name, w.rank
      from wanted w join lead_sync_private.lookup l on lower(btrim(l.name)) = lower(btrim(w.name))
      where l.property_id = p_property_id and l.kind = 'source' and l.active
    ), only_one as (
      select min(l.id) as id, min(l.name) as name, 4 as rank
      from lead_sync_private.lookup l
      where l.property_id = p_property_id and l.kind = 'source' and l.active and l.online
      having count(*) = 1
    )
    select jsonb_build_object('id', s.id, 'name', s.name)
    from (select * from named union all select * from only_one) as s
    order by s.rank, s.id limit 1);
end
$fn$;
revoke all on function lead_sync_private.resolve_source(uuid, uuid) from public;
comment on function lead_sync_private.resolve_source(uuid, uuid) is
'Find the ResMan source of a lead: the conversation''s, its user''s, the default, by name without
regard to case; else the only active one that is available for online marketing.
Returns: {"id","name"}, or null where none is known: then a create cannot be made.';
