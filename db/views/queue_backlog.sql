create or replace view lead_sync.queue_backlog as
select
  w.property_id,
  w.sync_operation,
  w.status,
  sum(w.items)::bigint as items,
  min(w.oldest_created_at) as oldest_created_at,
  now() - min(w.oldest_created_at) as oldest_age,
  min(w.next_retry_at) as next_retry_at
from (
  -- in parts: how many groups all three make is overestimated, and the rows were sorted on disk
  select q.property_id, q.sync_operation, q.status, count(*) as items,
    min(q.created_at) as oldest_created_at, null::timestamptz as next_retry_at
  from public.lead_sync_queue q
  where q.status = 'pending' and q.next_retry_at is null
  group by q.property_id, q.sync_operation, q.status
  union all
  select q.property_id, q.sync_operation, q.status, count(*), min(q.created_at),
    min(q.next_retry_at)
  from public.lead_sync_queue q
  where q.status = 'pending' and q.next_retry_at is not null
  group by q.property_id, q.sync_operation, q.status
  union all
  select q.property_id, q.sync_operation, q.status, count(*), min(q.created_at),
    min(q.next_retry_at)
  from public.lead_sync_queue q
  where q.status = 'processing'
  group by q.property_id, q.sync_operation, q.status
) as w
group by w.property_id, w.sync_operation, w.status;
alter view lead_sync.queue_backlog owner to lead_sync_owner;
revoke all on lead_sync.queue_backlog from public;
grant select on lead_sync.queue_backlog to lead_sync_monitor;
comment on view lead_sync.queue_backlog is
  'What waits or is in flight, by property, operation and status, however long it has '
  'waited.';
comment on column lead_sync.queue_backlog.property_id is
  'DomIQ''s property; null where the conversation had none when it was queued.';
comment on column lead_sync.queue_backlog.sync_operation is 'The operation.';
comment on column lead_sync.queue_backlog.status is 'pending or processing.';
comment on column lead_sync.queue_backlog.items is 'Items of the group.';
comment on column lead_sync.queue_backlog.oldest_created_at is
  'When the oldest of them was queued.';
comment on column lead_sync.queue_backlog.oldest_age is 'How long ago that was.';
comment on column lead_sync.queue_backlog.next_retry_at is
  'The earliest time at which one that has to wait is due; null: none has to wait.';
