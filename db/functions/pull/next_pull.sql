create or replace function lead_sync_private.next_pull(
  p_property_id uuid, p_frequency text, p_now timestamptz)
returns timestamptz
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $fn$
begin
  return (
    select case p_frequency
      when 'hourly' then date_trunc('hour', p_now) + interval '1 hour'
      when 'daily' then date_trunc('day', p_now, z.zone) + interval '1 day'
      else p_now + (z.every - mod(extract(epoch from p_now) + z.place, z.every))
        * interval '1 second' end
    from (
      select (lead_sync_private.get_setting(p_property_id, 'pull_interval') #>> '{}')::numeric
          as every,
        -- spread over the interval, always at the same place of it
        abs(hashtext(p_property_id::text)::bigint % 86400) as place,
        lead_sync_private.get_setting(p_property_id, 'time_zone') #>> '{}' as zone
    ) as z);
end
$fn$;
revoke all on function lead_sync_private.next_pull(uuid, text, timestamptz) from public;
comment on function lead_sync_private.next_pull(uuid, text, timestamptz) is
'Say when a property''s next pull is due: within pull_interval seconds, spread by property; hourly
and daily ones at the next boundary.';
