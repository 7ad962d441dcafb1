create or replace function lead_sync_private.due_retry_properties(p_now timestamptz)
returns uuid[]
language plpgsql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
set enable_bitmapscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set enable_sort = off
as $fn$
declare
  v_result uuid[];
  v_rows bigint;
  v_at timestamptz;
  v_property uuid := uuid '00000000-0000-0000-0000-000000000000';
begin
  select array_agg(distinct r.property_id), count(*) into v_result, v_rows
  from (
    select q.property_id from public.lead_sync_queue q
    where q.status = 'pending' and q.next_retry_at <= p_now
    order by q.next_retry_at limit 200) as r;
  if v_rows < 200 then
    return coalesce(v_result, '{}');
  end if;
  -- Many are due, perhaps those of a property that is stopped: one probe a property instead.
  v_result := '{}';
  loop
    -- the first of the next property's; its order is that of one index alone
    select q.property_id, q.next_retry_at into v_property, v_at
    from public.lead_sync_queue q
    where q.status = 'pending' and q.next_retry_at is not null and q.property_id > v_property
    order by q.property_id, q.next_retry_at limit 1;
    exit when not found;
    if v_at <= p_now then
      v_result := v_result || v_property;
    end if;
  end loop;
  return v_result;
end
$fn$;
revoke all on function lead_sync_private.due_retry_properties(timestamptz) from public;
comment on function lead_sync_private.due_retry_properties(timestamptz) is
'Name the properties that have a retry whose time has come by p_now, in order of their ids. Costs
what is due; only where very much is, what waits by properties.';
