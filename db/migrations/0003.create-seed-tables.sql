-- depends: 0002.create-roles-and-schemas
-- Constraint names are those of the specification; where it gives none, those that PostgreSQL
-- generates from its text.

-- Under plain yoyo: a request for a lock that waits makes DomIQ wait behind it.
select set_config('lock_timeout', '200ms', true) where current_setting('lock_timeout') = '0';

create table public.resman_integration (
  id uuid default gen_random_uuid(),
  property_id uuid,
  resman_property_id varchar(100) not null,
  api_credentials jsonb not null,
  webhook_url varchar(255),
  sync_enabled boolean default true,
  sync_direction varchar(20) default 'bidirectional',
  sync_frequency varchar(20) default 'realtime',
  last_sync_at timestamptz default now(),
  last_successful_sync_at timestamptz,
  sync_status varchar(50) default 'active',
  error_count integer default 0,
  created_at timestamptz default now(),
  updated_at timestamptz default now(),
  constraint resman_integration_pkey primary key (id),
  constraint uq_resman_integration_property unique (property_id),
  constraint resman_integration_property_id_fkey
    foreign key (property_id) references public.property (id) on delete cascade,
  constraint resman_integration_sync_direction_check
    check (sync_direction in ('to_resman', 'from_resman', 'bidirectional')),
  constraint resman_integration_sync_frequency_check
    check (sync_frequency in ('realtime', 'hourly', 'daily')),
  constraint resman_integration_sync_status_check
    check (sync_status in ('active', 'paused', 'error', 'disconnected')),
  -- the form of an envelope is all that the database can see: clear text never fits it
  constraint chk_resman_integration_envelope check (
    case when jsonb_typeof(api_credentials) = 'object' then
      api_credentials ?& array['v', 'kid', 'nonce', 'ct']
      and api_credentials - array['v', 'kid', 'nonce', 'ct'] = '{}'
      and api_credentials -> 'v' = '1'
      and jsonb_typeof(api_credentials -> 'kid') = 'string'
      and jsonb_typeof(api_credentials -> 'nonce') = 'string'
      and jsonb_typeof(api_credentials -> 'ct') = 'string'
      and api_credentials ->> 'kid' ~ '^[A-Za-z0-9._-]{1,64}$'
      and api_credentials ->> 'nonce' ~ '^[A-Za-z0-9+/]+={0,2}$'
      and api_credentials ->> 'ct' ~ '^[A-Za-z0-9+/]+={0,2}$'
    else false end
  )
);

create table public.lead_sync_log (
  id uuid default gen_random_uuid(),
  conversation_id uuid,
  resman_lead_id varchar(100),
  sync_direction varchar(20) not null,
  sync_status varchar(50) not null,
  sync_type varchar(50) not null,
  sync_data jsonb,
  response_data jsonb,
  error_message text,
  error_code varchar(100),
  conflict_resolution varchar(50),
  conflict_details jsonb,
  retry_count integer default 0,
  processing_time_ms integer,
  -- not now(): two rows of one conversation in one transaction would collide
  created_at timestamptz default clock_timestamp(),
  constraint lead_sync_log_pkey primary key (id),
  constraint idx_lead_sync_log_conversation_created unique (conversation_id, created_at),
  constraint lead_sync_log_conversation_id_fkey
    foreign key (conversation_id) references public.conversation (id) on delete cascade,
  constraint lead_sync_log_sync_direction_check
    check (sync_direction in ('to_resman', 'from_resman', 'bidirectional')),
  constraint lead_sync_log_sync_status_check
    check (sync_status in ('pending', 'success', 'failed', 'conflict', 'retry')),
  constraint lead_sync_log_sync_type_check
    check (sync_type in ('create', 'update', 'status_change', 'enrichment', 'merge')),
  constraint lead_sync_log_conflict_resolution_check
    check (conflict_resolution in ('resman_wins', 'domiq_wins', 'manual_review', 'merged'))
);

create table public.lead_sync_queue (
  id uuid default gen_random_uuid(),
  conversation_id uuid,
  resman_lead_id varchar(100),
  sync_operation varchar(50) not null,
  sync_data jsonb not null,
  priority integer default 1,
  retry_count integer default 0,
  max_retries integer default 3,
  next_retry_at timestamptz,
  status varchar(50) default 'pending',
  error_message text,
  processed_at timestamptz,
  created_at timestamptz default now(),
  updated_at timestamptz default now(),
  constraint lead_sync_queue_pkey primary key (id),
  constraint lead_sync_queue_conversation_id_fkey
    foreign key (conversation_id) references public.conversation (id) on delete cascade,
  constraint lead_sync_queue_sync_operation_check
    check (sync_operation in ('push', 'pull', 'merge', 'status_update', 'enrichment')),
  constraint lead_sync_queue_priority_check check (priority in (1, 2, 3)),
  constraint lead_sync_queue_status_check
    check (status in ('pending', 'processing', 'completed', 'failed', 'cancelled')),
  constraint chk_retry_count check (retry_count <= max_retries),
  constraint chk_priority_range check (priority >= 1 and priority <= 3)
);

create table public.lead_sync_conflicts (
  id uuid default gen_random_uuid(),
  conversation_id uuid,
  resman_lead_id varchar(100),
  conflict_type varchar(50) not null,
  conflict_field varchar(100),
  resman_value jsonb,
  domiq_value jsonb,
  conflict_severity varchar(20) default 'medium',
  resolution_status varchar(50) default 'pending',
  resolution_strategy varchar(50),
  resolved_value jsonb,
  resolved_by uuid,
  resolved_at timestamptz,
  notes text,
  created_at timestamptz default now(),
  updated_at timestamptz default now(),
  constraint lead_sync_conflicts_pkey primary key (id),
  constraint lead_sync_conflicts_conversation_id_fkey
    foreign key (conversation_id) references public.conversation (id) on delete set null,
  -- set null: a manager who resolved a conflict can be deleted in DomIQ all the same
  constraint lead_sync_conflicts_resolved_by_fkey
    foreign key (resolved_by) references public.property_manager (id) on delete set null,
  constraint lead_sync_conflicts_conflict_type_check
    check (conflict_type in ('status_conflict', 'data_conflict', 'duplicate_lead',
                             'field_mismatch')),
  constraint lead_sync_conflicts_conflict_severity_check
    check (conflict_severity in ('low', 'medium', 'high', 'critical')),
  constraint lead_sync_conflicts_resolution_status_check
    check (resolution_status in ('pending', 'auto_resolved', 'manual_review', 'resolved')),
  constraint lead_sync_conflicts_resolution_strategy_check
    check (resolution_strategy in ('resman_wins', 'domiq_wins', 'manual_review', 'merged'))
);

create table public.lead_sync_mapping (
  id uuid default gen_random_uuid(),
  conversation_id uuid,
  resman_lead_id varchar(100) not null,
  property_id uuid,
  mapping_status varchar(50) default 'active',
  last_sync_at timestamptz default now(),
  sync_version integer default 1,
  created_at timestamptz default now(),
  updated_at timestamptz default now(),
  constraint lead_sync_mapping_pkey primary key (id),
  constraint uq_lead_sync_mapping_conversation unique (conversation_id),
  constraint uq_lead_sync_mapping_resman_lead unique (resman_lead_id),
  constraint lead_sync_mapping_conversation_id_fkey
    foreign key (conversation_id) references public.conversation (id) on delete cascade,
  constraint lead_sync_mapping_property_id_fkey
    foreign key (property_id) references public.property (id) on delete cascade,
  constraint lead_sync_mapping_mapping_status_check
    check (mapping_status in ('active', 'inactive', 'merged', 'deleted'))
);

create index idx_lead_sync_queue_status_priority
  on public.lead_sync_queue (status, priority desc, created_at);
create index idx_lead_sync_queue_next_retry
  on public.lead_sync_queue (next_retry_at) where status = 'pending';
create index idx_lead_sync_queue_conversation
  on public.lead_sync_queue (conversation_id, created_at);

create index idx_lead_sync_log_status_created
  on public.lead_sync_log (sync_status, created_at desc);
create index idx_lead_sync_log_resman_lead
  on public.lead_sync_log (resman_lead_id, created_at desc);
create index idx_lead_sync_log_direction_type
  on public.lead_sync_log (sync_direction, sync_type, created_at);
create index idx_lead_sync_log_processing_time
  on public.lead_sync_log (processing_time_ms) where processing_time_ms is not null;
create index idx_lead_sync_log_error_tracking
  on public.lead_sync_log (error_code, created_at) where error_code is not null;

create index idx_lead_sync_conflicts_status
  on public.lead_sync_conflicts (resolution_status, conflict_severity);
create index idx_lead_sync_conflicts_type_field
  on public.lead_sync_conflicts (conflict_type, conflict_field);
create index idx_lead_sync_conflicts_resolved
  on public.lead_sync_conflicts (resolved_at) where resolution_status = 'resolved';
create index idx_lead_sync_conflicts_resolution_time
  on public.lead_sync_conflicts ((resolved_at - created_at)) where resolved_at is not null;
create index idx_lead_sync_conflicts_by_resolver
  on public.lead_sync_conflicts (resolved_by, resolved_at) where resolved_by is not null;
create index idx_lead_sync_conflicts_conversation
  on public.lead_sync_conflicts (conversation_id);

create index idx_lead_sync_mapping_status
  on public.lead_sync_mapping (mapping_status, last_sync_at);
create index idx_lead_sync_mapping_property
  on public.lead_sync_mapping (property_id, mapping_status);

comment on table public.resman_integration is
  e'Configuration for ResMan integration per property\n'
  'A row is one property''s connection to ResMan. Written by configure_integration and by '
  'the functions that end an item; removed with the property.';
comment on column public.resman_integration.id is 'The integration''s key.';
comment on column public.resman_integration.property_id is
  'DomIQ''s property; one integration each.';
comment on column public.resman_integration.resman_property_id is
  'The property''s id in ResMan.';
comment on column public.resman_integration.api_credentials is
  e'Encrypted ResMan API credentials\n'
  'An envelope {v, kid, nonce, ct} that only a runner with the key can open; a check '
  'refuses anything else.';
comment on column public.resman_integration.webhook_url is
  'Where ResMan''s notices about this property arrive, if anywhere.';
comment on column public.resman_integration.sync_enabled is
  'False: nothing is queued and nothing is claimed for the property.';
comment on column public.resman_integration.sync_direction is
  e'Direction of data synchronization\n'
  'Seen from DomIQ: to_resman, from_resman or bidirectional.';
comment on column public.resman_integration.sync_frequency is
  e'How often to sync data\n'
  'realtime: due at once; hourly, daily: due at the next boundary.';
comment on column public.resman_integration.last_sync_at is
  'When an item of the property last ended; set at creation too, so no cursor reads it.';
comment on column public.resman_integration.last_successful_sync_at is
  'When an item of the property last ended with success; null: never.';
comment on column public.resman_integration.sync_status is
  'active; paused by a person or a guard; error: the breaker is open; disconnected: the '
  'credentials were refused.';
comment on column public.resman_integration.error_count is
  'Failures in a row; 0 after a success.';
comment on column public.resman_integration.created_at is
  'When the integration was made; the first pull starts here.';
comment on column public.resman_integration.updated_at is 'When the row was last written.';

comment on table public.lead_sync_log is
  e'Audit trail for all lead synchronization operations\n'
  'A row is one ended attempt. Written with the transaction that ends it; moved to '
  'lead_sync_log_archive by archive_old_sync_logs, removed with the conversation.';
comment on column public.lead_sync_log.id is 'The entry''s key.';
comment on column public.lead_sync_log.conversation_id is 'The conversation that was synced.';
comment on column public.lead_sync_log.resman_lead_id is
  'The lead in ResMan (ProspectID), where known.';
comment on column public.lead_sync_log.sync_direction is 'Which way data went.';
comment on column public.lead_sync_log.sync_status is 'How the attempt ended.';
comment on column public.lead_sync_log.sync_type is 'What was done.';
comment on column public.lead_sync_log.sync_data is
  e'Original data sent/received during sync\n'
  'Without credentials.';
comment on column public.lead_sync_log.response_data is
  e'Response data from ResMan API\n'
  'Without credentials.';
comment on column public.lead_sync_log.error_message is
  'What went wrong, in ResMan''s words where it spoke.';
comment on column public.lead_sync_log.error_code is 'The kind of failure.';
comment on column public.lead_sync_log.conflict_resolution is
  'The strategy by which a conflict was decided.';
comment on column public.lead_sync_log.conflict_details is
  'Detailed conflict information and resolution';
comment on column public.lead_sync_log.retry_count is
  'How many attempts had counted towards max_retries by then.';
comment on column public.lead_sync_log.processing_time_ms is
  'From claim to end, in milliseconds.';
comment on column public.lead_sync_log.created_at is
  'When the entry was written, by the wall clock: entries of one transaction differ.';

comment on table public.lead_sync_queue is
  e'Queue for managing lead sync operations with retry logic\n'
  'A row is one piece of work. Written by capture and enqueue_sync, worked on under a '
  'lease by runners; moved to lead_sync_queue_archive by cleanup_old_queue_items, removed '
  'with the conversation.';
comment on column public.lead_sync_queue.id is 'The item''s key.';
comment on column public.lead_sync_queue.conversation_id is
  'The conversation to sync; null for work on a whole property.';
comment on column public.lead_sync_queue.resman_lead_id is
  'The lead in ResMan, where the work is about one that has no conversation.';
comment on column public.lead_sync_queue.sync_operation is 'What is to be done.';
comment on column public.lead_sync_queue.sync_data is
  e'Data payload for sync operation\n'
  'Values are read when they are sent; what stands here are hints and parameters.';
comment on column public.lead_sync_queue.priority is
  e'Priority level for processing order\n'
  '1 low, 2 medium, 3 high.';
comment on column public.lead_sync_queue.retry_count is
  'Attempts that counted towards max_retries.';
comment on column public.lead_sync_queue.max_retries is
  'At so many counted attempts the item fails.';
comment on column public.lead_sync_queue.next_retry_at is
  'Not before this time; null: at once.';
comment on column public.lead_sync_queue.status is
  'pending, processing (under a lease), completed, failed (a dead letter) or cancelled.';
comment on column public.lead_sync_queue.error_message is 'Why it waits or failed.';
comment on column public.lead_sync_queue.processed_at is 'When it ended.';
comment on column public.lead_sync_queue.created_at is 'When it was queued.';
comment on column public.lead_sync_queue.updated_at is
  'When the row was last written, requests that were handed out aside.';

comment on table public.lead_sync_conflicts is
  e'Track and manage conflicts between DomIQ and ResMan data\n'
  'A row is one disagreement about one field or group of a link, also one that was '
  'decided at once. Written by the merge, closed by resolve_conflict; moved to '
  'lead_sync_conflicts_archive by archive_resolved_conflicts.';
comment on column public.lead_sync_conflicts.id is 'The conflict''s key.';
comment on column public.lead_sync_conflicts.conversation_id is
  'The conversation concerned; null once it was deleted.';
comment on column public.lead_sync_conflicts.resman_lead_id is 'The lead in ResMan.';
comment on column public.lead_sync_conflicts.conflict_type is
  'status_conflict; data_conflict: both changed; field_mismatch: no base; duplicate_lead.';
comment on column public.lead_sync_conflicts.conflict_field is
  'Field name where conflict occurred';
comment on column public.lead_sync_conflicts.resman_value is 'Value from ResMan system';
comment on column public.lead_sync_conflicts.domiq_value is 'Value from DomIQ system';
comment on column public.lead_sync_conflicts.conflict_severity is
  'How urgent a person''s look is.';
comment on column public.lead_sync_conflicts.resolution_status is
  'Open: pending, manual_review. Closed: auto_resolved, resolved.';
comment on column public.lead_sync_conflicts.resolution_strategy is 'Who won.';
comment on column public.lead_sync_conflicts.resolved_value is 'The value that was decided on.';
comment on column public.lead_sync_conflicts.resolved_by is
  'The manager who decided; null for the package itself or for one deleted since.';
comment on column public.lead_sync_conflicts.resolved_at is 'When it was decided.';
comment on column public.lead_sync_conflicts.notes is 'What the person who decided wrote down.';
comment on column public.lead_sync_conflicts.created_at is 'When it was found.';
comment on column public.lead_sync_conflicts.updated_at is 'When the row was last written.';

comment on table public.lead_sync_mapping is
  e'Maps DomIQ conversations to ResMan lead IDs\n'
  'A row links one conversation with one lead. Written when a lead is created, linked or '
  'pulled; removed with the conversation or the property.';
comment on column public.lead_sync_mapping.id is 'The link''s key.';
comment on column public.lead_sync_mapping.conversation_id is
  'The conversation; later ones of the same user at the property follow it.';
comment on column public.lead_sync_mapping.resman_lead_id is 'The lead in ResMan (ProspectID).';
comment on column public.lead_sync_mapping.property_id is 'DomIQ''s property.';
comment on column public.lead_sync_mapping.mapping_status is
  'active, inactive, merged into another lead, or deleted in ResMan.';
comment on column public.lead_sync_mapping.last_sync_at is
  'When the link was last brought in step.';
comment on column public.lead_sync_mapping.sync_version is
  e'Version number for conflict detection\n'
  'The conversation''s resman_sync_version as last sent.';
comment on column public.lead_sync_mapping.created_at is 'When the link was made.';
comment on column public.lead_sync_mapping.updated_at is 'When the row was last written.';

comment on index public.idx_lead_sync_queue_status_priority is
  'Serves look-ups by status in order of priority and arrival, as of the specification.';
comment on index public.idx_lead_sync_queue_next_retry is
  'Serves finding when the next pending item is due.';
comment on index public.idx_lead_sync_queue_conversation is
  'Serves a conversation''s items in order, and the foreign key.';
comment on index public.idx_lead_sync_log_conversation_created is
  'Serves a conversation''s history, and the foreign key.';
comment on index public.idx_lead_sync_log_status_created is
  'Serves sync_health_monitoring: recent failures.';
comment on index public.idx_lead_sync_log_resman_lead is 'Serves a lead''s history.';
comment on index public.idx_lead_sync_log_direction_type is
  'Serves reports by direction and type.';
comment on index public.idx_lead_sync_log_processing_time is 'Serves finding slow attempts.';
comment on index public.idx_lead_sync_log_error_tracking is
  'Serves finding attempts by error code.';
comment on index public.idx_lead_sync_conflicts_status is
  'Serves open_conflicts and the counts of open conflicts.';
comment on index public.idx_lead_sync_conflicts_type_field is
  'Serves reports by type and field.';
comment on index public.idx_lead_sync_conflicts_resolved is
  'Serves reports on conflicts by the time they were resolved.';
comment on index public.idx_lead_sync_conflicts_resolution_time is
  'Serves finding conflicts that took long.';
comment on index public.idx_lead_sync_conflicts_by_resolver is
  'Serves a manager''s decisions, and the foreign key.';
comment on index public.idx_lead_sync_conflicts_conversation is
  'Serves a conversation''s conflicts, and the foreign key.';
comment on index public.idx_lead_sync_mapping_status is
  'Serves finding the links that were synced longest ago.';
comment on index public.idx_lead_sync_mapping_property is
  'Serves a property''s links, for reconciliation and drift, and the foreign key.';

alter table public.resman_integration enable row level security;
alter table public.lead_sync_log enable row level security;
alter table public.lead_sync_queue enable row level security;
alter table public.lead_sync_conflicts enable row level security;
alter table public.lead_sync_mapping enable row level security;

alter table public.resman_integration owner to lead_sync_owner;
alter table public.lead_sync_log owner to lead_sync_owner;
alter table public.lead_sync_queue owner to lead_sync_owner;
alter table public.lead_sync_conflicts owner to lead_sync_owner;
alter table public.lead_sync_mapping owner to lead_sync_owner;
