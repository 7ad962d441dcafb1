create or replace function lead_sync_private.find_candidates(p_limit integer)
returns setof public.lead_sync_queue
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_bitmapscan = off
set enable_sort = off
set enable_hashjoin = off
set enable_mergejoin = off
as $fn$
declare
  v_now timestamptz := clock_timestamp();
  v_properties uuid[];
  v_property uuid;
  v_found integer := 0;
  v_round integer;
  v_share integer;
begin
  v_properties := array(
    select lead_sync_private.find_due_properties(gen_random_uuid(), least(p_limit, 50)));
  v_share := greatest(1, p_limit / greatest(cardinality(v_properties), 1));
  -- first everybody's share, then what is left over
  for v_round in 1 .. 2 loop
    foreach v_property in array v_properties loop
      exit when v_found >= p_limit;
      return query
        select q.*
        from public.resman_integration i
        cross join lateral (
          (select x.* from public.lead_sync_queue x
           where x.property_id = i.property_id and x.status = 'pending'
             and x.next_retry_at is null
             and x.created_at < lead_sync_private.due_before(i.sync_frequency, i.property_id,
               v_now)
             and not exists (select from public.lead_sync_queue p
               where p.conversation_id = x.conversation_id and p.status = 'processing')
           order by x.property_id, x.priority desc, x.seq
           limit case v_round when 1 then v_share else p_limit - v_found end
           for update skip locked)
          union all
          (select x.* from public.lead_sync_queue x
           where x.property_id = i.property_id and x.status = 'pending'
             and x.next_retry_at is not null and x.next_retry_at <= v_now
             and x.created_at < lead_sync_private.due_before(i.sync_frequency, i.property_id,
               v_now)
             and not exists (select from public.lead_sync_queue p
               where p.conversation_id = x.conversation_id and p.status = 'processing')
           order by x.property_id, x.next_retry_at
           limit case v_round when 1 then v_share else p_limit - v_found end
           for update skip locked)
        ) as q
        where i.property_id = v_property;
    end loop;
  end loop;
end
$fn$;
