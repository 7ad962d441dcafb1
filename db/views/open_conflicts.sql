create or replace view lead_sync.open_conflicts as
select
  k.id as conflict_id,
  coalesce(k.property_id, (
    select b.property_id
    from public.conversation c
    join public.chatbot b on b.id = c.chatbot_id
    where c.id = k.conversation_id
  )) as property_id,
  k.conversation_id,
  k.resman_lead_id,
  k.conflict_type,
  k.conflict_field,
  k.conflict_severity,
  k.resolution_status,
  k.created_at,
  now() - k.created_at as age,
  k.last_seen_at,
  k.times_seen
from public.lead_sync_conflicts k
where k.resolution_status in ('pending', 'manual_review');
alter view lead_sync.open_conflicts owner to lead_sync_owner;
revoke all on lead_sync.open_conflicts from public;
grant select on lead_sync.open_conflicts to lead_sync_monitor;
comment on view lead_sync.open_conflicts is
  'Conflicts that are not closed, without their values: resolve_conflict closes them.';
comment on column lead_sync.open_conflicts.conflict_id is 'The conflict.';
comment on column lead_sync.open_conflicts.property_id is
  'DomIQ''s property; null where the conversation has none.';
comment on column lead_sync.open_conflicts.conversation_id is
  'The conversation; null once it was deleted.';
comment on column lead_sync.open_conflicts.resman_lead_id is 'The lead in ResMan.';
comment on column lead_sync.open_conflicts.conflict_type is 'The type of conflict.';
comment on column lead_sync.open_conflicts.conflict_field is 'The field or group.';
comment on column lead_sync.open_conflicts.conflict_severity is
  'How urgent a person''s look is.';
comment on column lead_sync.open_conflicts.resolution_status is 'pending or manual_review.';
comment on column lead_sync.open_conflicts.created_at is 'When it was found.';
comment on column lead_sync.open_conflicts.age is 'How long ago that was.';
comment on column lead_sync.open_conflicts.last_seen_at is 'When it was last found again.';
comment on column lead_sync.open_conflicts.times_seen is 'How often it was found.';
