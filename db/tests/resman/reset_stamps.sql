-- reset_stamps: a link's times do not lie ahead of the clock.
begin;
select plan(6);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.reset_stamps'),
  'lead_sync_mapping | volatile | - | -', 'no role may call it');

create function pg_temp.reset(p_moved interval, p_read interval) returns text
language plpgsql
as $$
declare
  v_mapping public.lead_sync_mapping;
  v_kept public.lead_sync_mapping;
begin
  update public.lead_sync_mapping m
  set base_moved_at = now() + p_moved, resman_read_at = now() + p_read
  returning m.* into v_mapping;
  v_mapping := lead_sync_private.reset_stamps(v_mapping);
  select m.* into v_kept from public.lead_sync_mapping m where m.id = v_mapping.id;
  if v_kept is distinct from v_mapping then
    return 'what is returned is not what is kept';
  end if;
  return format('%s, %s',
    case when v_kept.base_moved_at = now() + p_moved then 'kept'
      when v_kept.base_moved_at between now() and clock_timestamp() then 'now' else '?' end,
    case when v_kept.resman_read_at is null then 'none'
      when v_kept.resman_read_at = now() + p_read then 'kept'
      when v_kept.resman_read_at between now() and clock_timestamp() then 'now' else '?' end);
end
$$;
select pg_temp.given_mapping(pg_temp.given_lead());

select is(pg_temp.reset('-1 s', '-2 s'), 'kept, kept', 'times that are past stay');
select is(pg_temp.reset('1 h', '-2 s'), 'now, kept', 'a base moved ahead of the clock');
select is(pg_temp.reset('-1 s', '1 h'), 'kept, now', 'a read ahead of the clock');
select is(pg_temp.reset('1 h', null), 'now, none', 'one that was never read');
select is(lead_sync_private.reset_stamps(null), null, 'no link, nothing to do');

select * from finish();
rollback;
