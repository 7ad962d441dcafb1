create or replace function lead_sync_private.find_due_properties(p_start uuid, p_count integer)
returns setof uuid
language sql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
set enable_bitmapscan = off
set enable_sort = off
set enable_hashjoin = off
set enable_mergejoin = off
as $fn$
  -- A skip scan: one index probe a property, whatever waits behind it.
  with recursive turn(property_id) as (
    select lead_sync_private.next_due_property(p_start)
    union all
    select lead_sync_private.next_due_property(t.property_id)
    from turn t where t.property_id is not null
  ), again(property_id) as (
    select lead_sync_private.next_due_property('00000000-0000-0000-0000-000000000000')
    union all
    select lead_sync_private.next_due_property(a.property_id)
    from again a where a.property_id <= p_start
  ), around as (
    select t.property_id from turn t where t.property_id is not null
    union all
    select a.property_id from again a where a.property_id <= p_start
  )
  select r.property_id
  from around r
  -- subqueries that cannot become joins: a join may return the properties in any order
  where (
      select i.sync_enabled and i.sync_status = 'active'
      from public.resman_integration i where i.property_id = r.property_id)
    and (exists (
        select from public.lead_sync_queue q
        where q.property_id = r.property_id and q.status = 'pending'
          and q.next_retry_at is null)
      or exists (
        select from public.lead_sync_queue q
        where q.property_id = r.property_id and q.status = 'pending'
          and q.next_retry_at <= clock_timestamp()))
  limit p_count;
$fn$;
revoke all on function lead_sync_private.find_due_properties(uuid, integer) from public;
comment on function lead_sync_private.find_due_properties(uuid, integer) is
'Name the next properties in turn, after p_start and round again, that have something due and may
be claimed for. One whose items all back off takes no other''s turn.';
