create or replace function lead_sync_private.stage_leads(
  p_item public.lead_sync_queue, p_leads jsonb, p_issued_at timestamptz, p_from timestamptz)
returns integer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
set enable_bitmapscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $fn$
declare
  v_count integer;
begin
  with seen as (
    select distinct on (l ->> 'lead_id') l as lead, l ->> 'lead_id' as lead_id,
      md5(lead_sync_private.with_tour(m.conversation_id, l)::text) as hash, m.seen_hash
    from jsonb_array_elements(case when jsonb_typeof(p_leads) = 'array'
      then p_leads else '[]' end) with ordinality as x(l, place)
    -- offset: a fence, since among few rows the join would be planned to walk all links for each
    left join lateral (
      select x.* from public.lead_sync_mapping x where x.resman_lead_id = l ->> 'lead_id'
      offset 0) as m on true
    where l ->> 'lead_id' <> '' and length(l ->> 'lead_id') <= 100
    order by l ->> 'lead_id', place desc
  )
  insert into lead_sync_private.pulled_lead as p
    (property_id, resman_lead_id, lead, issued_at, window_from, item_id)
  select p_item.property_id, s.lead_id, s.lead, p_issued_at, p_from, p_item.id
  from seen s
  where s.hash is distinct from s.seen_hash
  order by s.lead_id
  on conflict (property_id, resman_lead_id) do update
    set lead = excluded.lead, issued_at = excluded.issued_at, item_id = excluded.item_id
    where p.issued_at <= excluded.issued_at;
  get diagnostics v_count = row_count;
  return v_count;
end
$fn$;
revoke all on function lead_sync_private.stage_leads(public.lead_sync_queue, jsonb, timestamptz,
  timestamptz) from public;
comment on function lead_sync_private.stage_leads(public.lead_sync_queue, jsonb, timestamptz,
  timestamptz) is
'Keep the leads of an answer that have moved since they were last taken in, until they are applied.
Returns: how many.
Writes: pulled_lead.';
