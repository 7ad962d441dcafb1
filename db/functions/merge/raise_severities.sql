create or replace function lead_sync_private.raise_severities(p_limit integer)
returns integer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $fn$
declare
  v_count integer;
begin
  with due as (
    select c.id, floor(extract(epoch from clock_timestamp() - c.created_at) / 86400)::integer
        as days
    from public.lead_sync_conflicts c
    where c.resolution_status in ('pending', 'manual_review')
      and c.conflict_severity in ('low', 'medium', 'high')
      and c.created_at < clock_timestamp() - interval '1 day'
        * (1 + coalesce((c.explanation ->> 'raised')::integer, 0))
    order by c.created_at
    limit p_limit
    for update skip locked
  )
  update public.lead_sync_conflicts c
  set conflict_severity = (array['low', 'medium', 'high', 'critical'])[least(4,
        array_position(array['low', 'medium', 'high', 'critical'], c.conflict_severity::text)
        + d.days - coalesce((c.explanation ->> 'raised')::integer, 0))],
      explanation = coalesce(c.explanation, '{}') || jsonb_build_object('raised', d.days),
      updated_at = clock_timestamp()
  from due d where c.id = d.id;
  get diagnostics v_count = row_count;
  return v_count;
end
$fn$;
revoke all on function lead_sync_private.raise_severities(integer) from public;
comment on function lead_sync_private.raise_severities(integer) is
'Raise the severity of conflicts that nobody has resolved: one level for each 24 hours open.
Returns: how many. Locks: the conflicts, by SKIP LOCKED. Writes: lead_sync_conflicts.';
