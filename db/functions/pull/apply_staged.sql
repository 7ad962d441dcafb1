create or replace function lead_sync_private.apply_staged(
  p_property_id uuid, p_limit integer, p_linked boolean default false)
returns integer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $fn$
declare
  v_rules jsonb;
  v_plain lead_sync_private.plain_pull[];
  v_done bigint[];
  v_row lead_sync_private.pulled_lead;
  v_rows lead_sync_private.pulled_lead[] := array(
    select t from lead_sync_private.take_staged(p_property_id, p_limit, p_linked) as t);
begin
  if v_rows = '{}' then
    return 0;
  end if;
  v_rules := lead_sync_private.merge_rules(p_property_id);
  begin
    -- one subtransaction for all: with one a lead, all that have a snapshot would have to look up
    -- on disk which of them belong together
    v_plain := array(
      select t from lead_sync_private.take_plain(p_property_id, v_rows, v_rules) as t);
    perform lead_sync_private.write_plain(p_property_id, v_plain);
    v_done := array(select w.staged_id from unnest(v_plain) as w);
    foreach v_row in array v_rows loop
      continue when v_row.id = any (v_done);
      perform lead_sync_private.read_again(v_row.property_id, v_row.lead,
        lead_sync_private.apply_lead(v_row.property_id, v_row.lead, v_row.issued_at,
          v_row.item_id, v_rules));
    end loop;
  exception when others then
    -- one by one, then: whichever it was holds up none but itself
    foreach v_row in array v_rows loop
      perform lead_sync_private.apply_one(v_row.property_id, v_row.lead, v_row.issued_at,
        v_row.item_id, v_rules);
    end loop;
  end;
  delete from lead_sync_private.pulled_lead p
  where p.id = any (array(select r.id from unnest(v_rows) as r));
  return cardinality(v_rows);
end
$fn$;
revoke all on function lead_sync_private.apply_staged(uuid, integer, boolean) from public;
comment on function lead_sync_private.apply_staged(uuid, integer, boolean) is
'Apply leads of a property that wait since a pull has read them, oldest first.
p_linked: only those that have a link already.
Returns: how many.
Writes: pulled_lead; as apply_one.';
