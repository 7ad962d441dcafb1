create or replace function lead_sync_private.is_flooding(p_property_id uuid)
returns boolean
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $fn$
declare
  v_limit integer :=
    (lead_sync_private.get_setting(p_property_id, 'write_guard') #>> '{}')::integer;
begin
  -- Counting thousands of rows before every save would cost more than the save: a large limit is
  -- looked at now and then, the more seldom the larger it is, and may be passed by a fiftieth.
  if v_limit > 100 and random() > 50.0 / v_limit then
    return false;
  end if;
  return exists (
    select from public.lead_sync_log l
    where l.property_id = p_property_id and l.created_at > greatest(
        clock_timestamp() - interval '1 hour', (
          -- what a person has looked at counts no more
          select max(c.resolved_at) from public.lead_sync_conflicts c
          where c.property_id = p_property_id and c.conflict_field = 'write_guard'))
      and l.sync_data ->> 'step' = 'save'
      and l.sync_status in ('success', 'conflict') -- saved, with a group that waits for a person
    order by l.created_at desc
    offset v_limit - 1 limit 1);
end
$fn$;
revoke all on function lead_sync_private.is_flooding(uuid) from public;
comment on function lead_sync_private.is_flooding(uuid) is
'Say whether a property has saved as much to ResMan within an hour as its setting write_guard allows.
Limits above a hundred are sampled.';
