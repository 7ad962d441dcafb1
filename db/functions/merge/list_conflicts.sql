create or replace function lead_sync.list_conflicts(
  p_property_id uuid default null, p_status text default null, p_limit integer default 100,
  p_after uuid default null)
returns table (conflict_id uuid, property_id uuid, conversation_id uuid, resman_lead_id text,
  conflict_type text, conflict_field text, conflict_severity text, resolution_status text,
  policy text, domiq_value jsonb, resman_value jsonb, base_value jsonb, domiq_now jsonb,
  resman_now jsonb, winner text, resolution_strategy text, resolved_value jsonb,
  loser_value jsonb, resolved_by uuid, resolved_at timestamptz, notes text, times_seen integer,
  created_at timestamptz, last_seen_at timestamptz)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $fn$
#variable_conflict use_column
declare
  v_after timestamptz;
begin
  if p_status not in ('pending', 'manual_review', 'auto_resolved', 'resolved', 'open') then
    raise exception using errcode = 'LS001', message = 'unknown status',
      hint = 'One of pending, manual_review, auto_resolved, resolved, or open: the first two.';
  elsif p_limit is null or p_limit not between 1 and 10000 then
    raise exception using errcode = 'LS001', message = 'limit is out of range',
      hint = 'List 1 to 10000 conflicts at a time.';
  end if;
  if p_after is not null then
    -- the last one of a page may have been archived since
    select coalesce(
      (select c.created_at from public.lead_sync_conflicts c where c.id = p_after),
      (select a.created_at from public.lead_sync_conflicts_archive a where a.id = p_after limit 1))
    into v_after;
    if v_after is null then
      raise exception using errcode = 'LS002', message = 'no such conflict to list after',
        hint = 'Give the id of the last conflict of the page before, or start anew.';
    end if;
  end if;
  return query
  select c.id, c.property_id, c.conversation_id, c.resman_lead_id::text, c.conflict_type::text,
    c.conflict_field::text, c.conflict_severity::text, c.resolution_status::text, c.policy::text,
    c.domiq_value, c.resman_value, c.base_value, n.now -> 'domiq', n.now -> 'resman',
    c.winner::text, c.resolution_strategy::text, c.resolved_value, c.loser_value, c.resolved_by,
    c.resolved_at, c.notes, c.times_seen, c.created_at, c.last_seen_at
  from (
    select x.* from public.lead_sync_conflicts x
    where (p_property_id is null or x.property_id = p_property_id)
      and (p_status is null or x.resolution_status = p_status
        or p_status = 'open' and x.resolution_status in ('pending', 'manual_review'))
      and (v_after is null or (x.created_at, x.id) > (v_after, p_after))
    order by x.created_at, x.id
    limit p_limit
  ) as c
  left join public.lead_sync_mapping m on m.id = c.mapping_id
    and c.resolution_status in ('pending', 'manual_review')
  left join lateral (select lead_sync_private.weigh_link(m, c.conflict_field) as now
                     where m.id is not null) as n on true
  order by c.created_at, c.id;
end
$fn$;
revoke all on function lead_sync.list_conflicts(uuid, text, integer, uuid) from public;
grant execute on function lead_sync.list_conflicts(uuid, text, integer, uuid)
  to lead_sync_service;
comment on function lead_sync.list_conflicts(uuid, text, integer, uuid) is
'List a page of the conflicts, oldest first, of a property and in a state where given, with the
values of both sides; of open ones also those of now.
p_status: pending, manual_review, auto_resolved, resolved, or open. p_after: the last one of the
page before.
Returns: the conflicts; archived ones are not among them.
Raises: LS001, LS002 p_after is no conflict.';
