create or replace function lead_sync_private.move_cursor(
  p_property_id uuid, p_from timestamptz, p_to timestamptz)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $fn$
begin
  insert into lead_sync_private.pull_state as s (property_id, read_until)
  values (p_property_id, p_to)
  on conflict on constraint pk_pull_state do update
    set read_until = case when s.read_until > clock_timestamp() then excluded.read_until
      else greatest(s.read_until, excluded.read_until) end
    -- it follows what has been read without a gap
    where p_from <= case when s.read_until > clock_timestamp()
      then lead_sync_private.pull_start(p_property_id) else s.read_until end;
end
$fn$;
revoke all on function lead_sync_private.move_cursor(uuid, timestamptz, timestamptz) from public;
comment on function lead_sync_private.move_cursor(uuid, timestamptz, timestamptz) is
'Note that a property''s modified leads from p_from to p_to have been read; a window that does not
join what was read before moves nothing, and none moves the cursor back, unless it lies ahead of the
clock: that has stepped back, and the window is one that pull_start asks for.
Writes: pull_state.';
