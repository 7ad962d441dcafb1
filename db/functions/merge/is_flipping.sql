create or replace function lead_sync_private.is_flipping(
  p_mapping_id uuid, p_group text, p_side text, p_value jsonb)
returns boolean
language plpgsql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $fn$
begin
  if not exists ( -- mostly: nothing has gone the other way
      select from lead_sync_private.field_change f
      where f.mapping_id = p_mapping_id and f.field_group = p_group
        and f.changed_at > clock_timestamp() - interval '1 hour'
        and f.kind in ('push', 'pull') and f.kind <> p_side) then
    return false;
  end if;
  -- the moves of the last hour, the one that is about to be made included
  return (
    with move as (
      select f.kind as side, f.id as place,
        case f.kind when 'push' then f.new_domiq else f.new_resman end as value
      from (
        select * from lead_sync_private.field_change x
        where x.mapping_id = p_mapping_id and x.field_group = p_group
          and x.kind in ('push', 'pull')
          and x.changed_at > clock_timestamp() - interval '1 hour'
        order by x.changed_at desc limit 20
      ) as f
      union all
      select p_side, 9223372036854775807, p_value
    ), told as (
      select m.value, m.side, lag(m.side) over w as side_before,
        lag(m.value, 2) over w as value_before
      from move m
      window w as (order by m.place)
    )
    select count(*) >= 3
    from told t
    where t.value = t.value_before and t.side <> t.side_before);
end
$fn$;
revoke all on function lead_sync_private.is_flipping(uuid, text, text, jsonb) from public;
comment on function lead_sync_private.is_flipping(uuid, text, text, jsonb) is
'Say whether a value of a group goes back and forth between the sides: with this move it would be
for the third time in an hour that one side undoes what the other did.
p_side: push or pull, the move to be made; p_value: the group it would write.';
