create or replace function lead_sync_private.store_lookup(
  p_property_id uuid, p_kind text, p_items jsonb)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $fn$
begin
  delete from lead_sync_private.lookup l
  where l.property_id = p_property_id and l.kind = p_kind
    and not exists (select from jsonb_array_elements(p_items) as i where i ->> 'id' = l.id);
  insert into lead_sync_private.lookup (property_id, kind, id, name, email, active, online)
  select distinct on (i ->> 'id') p_property_id, p_kind, i ->> 'id', i ->> 'name',
    lower(i ->> 'email'), coalesce(i -> 'active', 'true') <> 'false',
    coalesce(i -> 'online', 'true') <> 'false'
  from jsonb_array_elements(p_items) as i
  where jsonb_typeof(i) = 'object' and i ->> 'id' <> ''
  order by i ->> 'id'
  on conflict on constraint pk_lookup do update
    set name = excluded.name, email = excluded.email, active = excluded.active,
        online = excluded.online
    where (lookup.name, lookup.email, lookup.active, lookup.online) is distinct from
      (excluded.name, excluded.email, excluded.active, excluded.online);
  insert into lead_sync_private.lookup_fetch (property_id, kind, fetched_at)
  values (p_property_id, p_kind, clock_timestamp())
  on conflict on constraint pk_lookup_fetch do update set fetched_at = excluded.fetched_at;
end
$fn$;
revoke all on function lead_sync_private.store_lookup(uuid, text, jsonb) from public;
comment on function lead_sync_private.store_lookup(uuid, text, jsonb) is
'Replace what is known of a property''s sources, agents or lost reasons by a list just read.
Writes: lookup, lookup_fetch.';
