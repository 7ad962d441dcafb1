create or replace function lead_sync_private.apply_staged(p_property_id uuid, p_limit integer)
returns integer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $fn$
declare
  v_row lead_sync_private.pulled_lead;
  v_count integer := 0;
  v_rules jsonb := lead_sync_private.merge_rules(p_property_id);
begin
  for v_row in
    select p.* from lead_sync_private.pulled_lead p
    where p.property_id = p_property_id
    order by p.id
    limit p_limit
    for update skip locked
  loop
    perform lead_sync_private.apply_one(v_row.property_id, v_row.lead, v_row.issued_at,
      v_row.item_id, v_rules);
    delete from lead_sync_private.pulled_lead p where p.id = v_row.id;
    v_count := v_count + 1;
  end loop;
  return v_count;
end
$fn$;
revoke all on function lead_sync_private.apply_staged(uuid, integer) from public;
comment on function lead_sync_private.apply_staged(uuid, integer) is
'Apply leads of a property that wait since a pull has read them, oldest first.
Returns: how many.
Writes: pulled_lead; as apply_one.';
