-- depends: 0004.enhance-domiq-tables
-- squawk-ignore-file ban-drop-not-null
-- An archive never refuses a row: no key, no check, no reference, no NOT NULL.

create table public.lead_sync_log_archive (
  like public.lead_sync_log including defaults excluding constraints,
  archived_at timestamptz default now()
);

create table public.lead_sync_conflicts_archive (
  like public.lead_sync_conflicts including defaults excluding constraints,
  archived_at timestamptz default now()
);

create table public.lead_sync_queue_archive (
  like public.lead_sync_queue including defaults excluding constraints,
  archived_at timestamptz default now()
);

-- LIKE copies NOT NULL whatever it is told.
alter table public.lead_sync_log_archive
  alter column id drop not null,
  alter column sync_direction drop not null,
  alter column sync_status drop not null,
  alter column sync_type drop not null;
alter table public.lead_sync_conflicts_archive
  alter column id drop not null,
  alter column conflict_type drop not null;
alter table public.lead_sync_queue_archive
  alter column id drop not null,
  alter column sync_operation drop not null,
  alter column sync_data drop not null;

create index idx_lead_sync_log_archive_conversation
  on public.lead_sync_log_archive (conversation_id, created_at);
create index idx_lead_sync_log_archive_resman_lead
  on public.lead_sync_log_archive (resman_lead_id, created_at);
create index idx_lead_sync_log_archive_archived
  on public.lead_sync_log_archive (archived_at);

create index idx_lead_sync_conflicts_archive_id
  on public.lead_sync_conflicts_archive (id);
create index idx_lead_sync_conflicts_archive_conversation
  on public.lead_sync_conflicts_archive (conversation_id, created_at);
create index idx_lead_sync_conflicts_archive_archived
  on public.lead_sync_conflicts_archive (archived_at);

create index idx_lead_sync_queue_archive_id
  on public.lead_sync_queue_archive (id);
create index idx_lead_sync_queue_archive_conversation
  on public.lead_sync_queue_archive (conversation_id, created_at);
create index idx_lead_sync_queue_archive_archived
  on public.lead_sync_queue_archive (archived_at);

-- What the archive functions walk: the rows due, oldest first.
create index idx_lead_sync_log_created
  on public.lead_sync_log (created_at);
create index idx_lead_sync_conflicts_closed
  on public.lead_sync_conflicts ((coalesce(resolved_at, updated_at)))
  where resolution_status in ('resolved', 'auto_resolved');
create index idx_lead_sync_queue_ended
  on public.lead_sync_queue ((coalesce(processed_at, updated_at)))
  where status in ('completed', 'failed', 'cancelled');

comment on table public.lead_sync_log_archive is
  'A row is an old entry of lead_sync_log, moved here by archive_old_sync_logs; removed by '
  'purge_archive and by erasure.';
comment on table public.lead_sync_conflicts_archive is
  'A row is an old closed conflict of lead_sync_conflicts, moved here by '
  'archive_resolved_conflicts; removed by purge_archive and by erasure.';
comment on table public.lead_sync_queue_archive is
  'A row is an old ended item of lead_sync_queue, moved here by cleanup_old_queue_items; '
  'removed by purge_archive and by erasure.';
comment on column public.lead_sync_log_archive.archived_at is 'When the row was moved here.';
comment on column public.lead_sync_conflicts_archive.archived_at is
  'When the row was moved here.';
comment on column public.lead_sync_queue_archive.archived_at is 'When the row was moved here.';

comment on index public.idx_lead_sync_log_archive_conversation is
  'Serves a conversation''s history and its erasure.';
comment on index public.idx_lead_sync_log_archive_resman_lead is
  'Serves a lead''s history and its erasure.';
comment on index public.idx_lead_sync_log_archive_archived is 'Serves purge_archive.';
comment on index public.idx_lead_sync_conflicts_archive_id is
  'Serves explaining an archived conflict by its id.';
comment on index public.idx_lead_sync_conflicts_archive_conversation is
  'Serves a conversation''s conflicts and their erasure.';
comment on index public.idx_lead_sync_conflicts_archive_archived is 'Serves purge_archive.';
comment on index public.idx_lead_sync_queue_archive_id is
  'Serves finding an archived item by its id.';
comment on index public.idx_lead_sync_queue_archive_conversation is
  'Serves a conversation''s items and their erasure.';
comment on index public.idx_lead_sync_queue_archive_archived is 'Serves purge_archive.';
comment on index public.idx_lead_sync_log_created is
  'Serves archive_old_sync_logs: the oldest entries.';
comment on index public.idx_lead_sync_conflicts_closed is
  'Serves archive_resolved_conflicts: the conflicts closed longest ago.';
comment on index public.idx_lead_sync_queue_ended is
  'Serves cleanup_old_queue_items: the items that ended longest ago.';

alter table public.lead_sync_log_archive enable row level security;
alter table public.lead_sync_conflicts_archive enable row level security;
alter table public.lead_sync_queue_archive enable row level security;

alter table public.lead_sync_log_archive owner to lead_sync_owner;
alter table public.lead_sync_conflicts_archive owner to lead_sync_owner;
alter table public.lead_sync_queue_archive owner to lead_sync_owner;
