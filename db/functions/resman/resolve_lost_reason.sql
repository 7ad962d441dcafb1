create or replace function lead_sync_private.resolve_lost_reason(p_property_id uuid)
returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $fn$
begin
  return (
    with known as (
      select l.id, l.name, count(*) over () as of
      from lead_sync_private.lookup l
      where l.property_id = p_property_id and l.kind = 'lost_reason' and l.active
    )
    select jsonb_build_object('id', k.id, 'name', k.name)
    from known k
    where k.of = 1 or lower(btrim(k.name)) = lower(btrim(
      lead_sync_private.get_setting(p_property_id, 'default_lost_reason') #>> '{}'))
    order by k.id limit 1);
end
$fn$;
revoke all on function lead_sync_private.resolve_lost_reason(uuid) from public;
comment on function lead_sync_private.resolve_lost_reason(uuid) is
'Find the ResMan reason for a lead that DomIQ marks lost: the default, by name, or the only one.
Returns: {"id","name"}, or null where none is known.';
