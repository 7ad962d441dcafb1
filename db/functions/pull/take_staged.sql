create or replace function lead_sync_private.take_staged(
  p_property_id uuid, p_limit integer, p_linked boolean)
returns setof lead_sync_private.pulled_lead
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
set enable_bitmapscan = off
-- in the order of the index: else all that waits is sorted for every batch
set enable_sort = off
as $fn$
begin
  return query
    select p.* from lead_sync_private.pulled_lead p
    where p.property_id = p_property_id
      and (not p_linked or exists (
        select from public.lead_sync_mapping m where m.resman_lead_id = p.resman_lead_id))
    order by p.property_id, p.id
    limit p_limit
    for update skip locked;
end
$fn$;
revoke all on function lead_sync_private.take_staged(uuid, integer, boolean) from public;
comment on function lead_sync_private.take_staged(uuid, integer, boolean) is
'Lock leads of a property that wait since a pull has read them, oldest first, passing over those
that another session has.
p_linked: only those that have a link already.
Locks: the rows returned.';
