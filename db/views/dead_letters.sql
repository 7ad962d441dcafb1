create or replace view lead_sync.dead_letters as
select
  q.id as item_id,
  coalesce(q.property_id, (
    select b.property_id
    from public.conversation c
    join public.chatbot b on b.id = c.chatbot_id
    where c.id = q.conversation_id
  )) as property_id,
  q.conversation_id,
  q.resman_lead_id,
  q.sync_operation,
  q.error_code,
  q.attempt as attempts,
  q.retry_count,
  q.created_at,
  coalesce(q.processed_at, q.updated_at) as ended_at
from public.lead_sync_queue q
where q.status = 'failed';
alter view lead_sync.dead_letters owner to lead_sync_owner;
revoke all on lead_sync.dead_letters from public;
grant select on lead_sync.dead_letters to lead_sync_monitor;
comment on view lead_sync.dead_letters is
  'Items that failed and wait for an edit, requeue_item or the archive. No error text: it '
  'may hold personal data.';
comment on column lead_sync.dead_letters.item_id is 'The item.';
comment on column lead_sync.dead_letters.property_id is
  'DomIQ''s property; null where the conversation has none.';
comment on column lead_sync.dead_letters.conversation_id is
  'The conversation; null for work on a property.';
comment on column lead_sync.dead_letters.resman_lead_id is 'The lead in ResMan, where known.';
comment on column lead_sync.dead_letters.sync_operation is 'The operation.';
comment on column lead_sync.dead_letters.error_code is 'The kind of failure.';
comment on column lead_sync.dead_letters.attempts is 'How often it was claimed.';
comment on column lead_sync.dead_letters.retry_count is
  'Attempts that counted towards max_retries.';
comment on column lead_sync.dead_letters.created_at is 'When it was queued.';
comment on column lead_sync.dead_letters.ended_at is 'When it failed.';
