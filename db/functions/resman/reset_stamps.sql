create or replace function lead_sync_private.reset_stamps(p_mapping public.lead_sync_mapping)
returns public.lead_sync_mapping
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $fn$
declare
  v_now timestamptz := clock_timestamp();
  v_mapping public.lead_sync_mapping := p_mapping;
begin
  if greatest(p_mapping.base_moved_at, p_mapping.resman_read_at) > v_now then
    update public.lead_sync_mapping m
    set base_moved_at = case when m.base_moved_at > v_now then v_now else m.base_moved_at end,
        resman_read_at = case when m.resman_read_at > v_now then v_now else m.resman_read_at end
    where m.id = p_mapping.id
    returning m.* into v_mapping;
  end if;
  return v_mapping;
end
$fn$;
revoke all on function lead_sync_private.reset_stamps(public.lead_sync_mapping) from public;
comment on function lead_sync_private.reset_stamps(public.lead_sync_mapping) is
'Bring a link''s times back to now where they lie ahead of the clock, which has stepped back since:
no observation could be newer, and each would be asked for again until the clock has caught up.
What is asked for from now on is newer.
Returns: the link as it is now.
Writes: lead_sync_mapping.';
