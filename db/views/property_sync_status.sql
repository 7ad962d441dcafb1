create or replace view public.property_sync_status as
select
  p.id as property_id,
  p.name as property_name,
  ri.sync_enabled,
  ri.sync_status,
  ri.last_successful_sync_at,
  ri.error_count,
  coalesce(queue.items, 0) as pending_queue_items,
  coalesce(conflicts.items, 0) as pending_conflicts
from public.property p
left join public.resman_integration ri on ri.property_id = p.id
-- each counted apart: joining both to the property would multiply one by the other
left join (
  select w.property_id, sum(w.items)::bigint as items
  from (
    -- as the claim's two indexes have it: where pages are all visible, no row is read
    select q.property_id, count(*) as items
    from public.lead_sync_queue q
    where q.status = 'pending' and q.next_retry_at is null
    group by q.property_id
    union all
    select q.property_id, count(*)
    from public.lead_sync_queue q
    where q.status = 'pending' and q.next_retry_at is not null
    group by q.property_id
  ) as w
  group by w.property_id
) as queue on queue.property_id = p.id
left join (
  select
    coalesce(g.property_id, (
      select b.property_id
      from public.conversation c
      join public.chatbot b on b.id = c.chatbot_id
      where c.id = g.conversation_id
    )) as property_id,
    sum(g.items)::bigint as items
  from (
    select
      k.property_id,
      case when k.property_id is null then k.conversation_id end as conversation_id,
      count(*) as items
    from public.lead_sync_conflicts k
    where k.resolution_status = 'pending'
    group by 1, 2
  ) as g
  group by 1
) as conflicts on conflicts.property_id = p.id
where pg_has_role('lead_sync_monitor', 'USAGE') or pg_has_role('lead_sync_owner', 'USAGE');
alter view public.property_sync_status owner to lead_sync_owner;
revoke all on public.property_sync_status from public;
grant select on public.property_sync_status to lead_sync_monitor;
comment on view public.property_sync_status is
  'Every property with the state of its integration and what waits for it. Rows for members '
  'of lead_sync_monitor alone, whoever else was granted the view.';
comment on column public.property_sync_status.property_id is 'DomIQ''s property.';
comment on column public.property_sync_status.property_name is 'Its name.';
comment on column public.property_sync_status.sync_enabled is
  'Null where the property has no integration.';
comment on column public.property_sync_status.sync_status is
  'active, paused, error or disconnected.';
comment on column public.property_sync_status.last_successful_sync_at is
  'When an item last ended with success.';
comment on column public.property_sync_status.error_count is 'Failures in a row.';
comment on column public.property_sync_status.pending_queue_items is
  'Items that wait, by way of the chatbot.';
comment on column public.property_sync_status.pending_conflicts is
  'Conflicts that wait for a decision, by way of the chatbot.';
