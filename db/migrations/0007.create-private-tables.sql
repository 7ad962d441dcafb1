-- depends: 0006.extend-seed-tables
-- Under plain yoyo: a request for a lock that waits makes DomIQ wait behind it.
select set_config('lock_timeout', '200ms', true) where current_setting('lock_timeout') = '0';

create table lead_sync_private.code_version (
  singleton boolean constraint pk_code_version primary key default true
    constraint chk_code_version_singleton check (singleton),
  sha256 text not null,
  loaded_at timestamptz not null default now()
);
comment on table lead_sync_private.code_version is
  'One row: the hash over the code files that are loaded. Written by the loader.';

create table lead_sync_private.code_file (
  file text constraint pk_code_file primary key,
  sha256 text not null
);
comment on table lead_sync_private.code_file is
  'A row is a code file that is loaded, and its hash: a view or trigger whose file has not '
  'changed is left alone. Replaced whole by the loader.';

create table lead_sync_private.applied_migration (
  migration text constraint pk_applied_migration primary key,
  sha256 text not null,
  applied_at timestamptz not null
);
comment on table lead_sync_private.applied_migration is
  'A row is the hash of a migration''s file as it was applied, with the time under which yoyo '
  'recorded it: one that is applied again gets its hash anew. Written by the loader.';

create table lead_sync_private.installed_object (
  kind text not null,
  name text not null,
  belongs_to text,
  definition text not null,
  server_major integer not null,
  constraint pk_installed_object primary key (kind, name)
);
comment on table lead_sync_private.installed_object is
  'A row is an object or a right of the package as it was when the code was last loaded, to find '
  'what was changed by hand since. Written by record_objects; a table, column, index or '
  'constraint stays on record until the migration that drops it deletes its row.';

create table lead_sync_private.setting_definition (
  name text constraint pk_setting_definition primary key,
  value_type text not null constraint chk_setting_definition_value_type
    check (value_type in ('text', 'number', 'boolean', 'time')),
  default_value jsonb not null,
  choices jsonb,
  minimum numeric,
  maximum numeric,
  description text not null
);
comment on table lead_sync_private.setting_definition is
  'A row is a setting a property may have: type, bounds, default. Written by migrations only.';

create table lead_sync_private.property_setting (
  property_id uuid not null,
  name text not null,
  value jsonb not null,
  updated_at timestamptz not null default now(),
  constraint pk_property_setting primary key (property_id, name),
  constraint fk_property_setting_property foreign key (property_id)
    references public.property (id) on delete cascade,
  constraint fk_property_setting_definition foreign key (name)
    references lead_sync_private.setting_definition (name)
);
create index idx_property_setting_name on lead_sync_private.property_setting (name);
comment on index lead_sync_private.idx_property_setting_name is
  'The foreign key to setting_definition.';
comment on table lead_sync_private.property_setting is
  'A row is one property''s own value of a setting. Written by set_property_setting, removed '
  'with the property or by setting null.';

create table lead_sync_private.lookup (
  property_id uuid not null,
  kind text not null constraint chk_lookup_kind
    check (kind in ('source', 'agent', 'lost_reason')),
  id text not null,
  name text,
  email text,
  active boolean not null default true,
  online boolean not null default true,
  constraint pk_lookup primary key (property_id, kind, id),
  constraint fk_lookup_property foreign key (property_id)
    references public.property (id) on delete cascade
);
comment on table lead_sync_private.lookup is
  'A row is a ResMan source, agent or lost reason as last listed for a property. Replaced whole '
  'by store_lookup.';

create table lead_sync_private.lookup_fetch (
  property_id uuid not null,
  kind text not null constraint chk_lookup_fetch_kind
    check (kind in ('source', 'agent', 'lost_reason')),
  fetched_at timestamptz not null,
  constraint pk_lookup_fetch primary key (property_id, kind),
  constraint fk_lookup_fetch_property foreign key (property_id)
    references public.property (id) on delete cascade
);
comment on table lead_sync_private.lookup_fetch is
  'A row says when a list of lookup was last read from ResMan. Written by store_lookup.';

create table lead_sync_private.lead_field (
  field text constraint pk_lead_field primary key,
  field_group text not null,
  is_contact boolean not null,
  normaliser text not null constraint chk_lead_field_normaliser
    check (normaliser in ('text', 'email', 'phone', 'date', 'number', 'json', 'time', 'stage')),
  position integer not null,
  description text not null
);
comment on table lead_sync_private.lead_field is
  'A row is a field of the canonical lead document: the group it is decided with and how its '
  'values are compared. Written by migrations only.';

create table lead_sync_private.lead_status (
  domiq_status text constraint pk_lead_status primary key,
  stage text not null constraint chk_lead_status_stage check (stage in ('new', 'contacted',
    'qualified', 'tour_scheduled', 'application', 'leased', 'lost')),
  resman_type text not null constraint chk_lead_status_resman_type
    check (resman_type in ('prospect', 'lost', 'applicant', 'current_resident'))
);
comment on table lead_sync_private.lead_status is
  'A row maps a status that DomIQ uses to its stage on the ladder and to ResMan''s customer '
  'type. A status without a row is never pushed. Written by migrations only.';

create table lead_sync_private.follower (
  conversation_id uuid constraint pk_follower primary key,
  mapping_id uuid not null,
  created_at timestamptz not null default now(),
  constraint fk_follower_conversation foreign key (conversation_id)
    references public.conversation (id) on delete cascade,
  constraint fk_follower_mapping foreign key (mapping_id)
    references public.lead_sync_mapping (id) on delete cascade
);
create index idx_follower_mapping on lead_sync_private.follower (mapping_id);
comment on index lead_sync_private.idx_follower_mapping is
  'build_lead: the conversations that feed a lead.';
comment on table lead_sync_private.follower is
  'A row is a later conversation of the same user at the same property that feeds the lead of '
  'an earlier one. Written when a push finds that lead; removed with either side.';

create table lead_sync_private.create_intent (
  property_id uuid not null,
  contact text not null,
  conversation_id uuid not null,
  created_at timestamptz not null default clock_timestamp(),
  constraint pk_create_intent primary key (property_id, contact),
  constraint fk_create_intent_property foreign key (property_id)
    references public.property (id) on delete cascade
);
create index idx_create_intent_conversation
  on lead_sync_private.create_intent (conversation_id);
comment on index lead_sync_private.idx_create_intent_conversation is
  'drop_create_intent: the intents of a conversation.';
comment on table lead_sync_private.create_intent is
  'A row is a normalised e-mail or phone under which a create may be on its way at a property. '
  'Committed before the request is handed out; removed when the outcome is known.';

create table lead_sync_private.lead_event (
  conversation_id uuid not null,
  key text not null constraint chk_lead_event_key check (key ~ '^[0-9a-f]{8}$'),
  event_type text not null,
  event_at timestamptz,
  notification_id uuid,
  sent_at timestamptz not null default clock_timestamp(),
  constraint pk_lead_event primary key (conversation_id, key),
  constraint fk_lead_event_conversation foreign key (conversation_id)
    references public.conversation (id) on delete cascade
);
comment on table lead_sync_private.lead_event is
  'A row is an event of ours that ResMan has acknowledged or shown. Written in the transaction '
  'that learns it; an event with a row is not sent again.';

-- Sequences, since a row that is written over and over leaves dead versions to be walked.
create sequence lead_sync_private.claim_number;
comment on sequence lead_sync_private.claim_number is
  'Numbers the claims: drawn by claim_one, under the transaction''s id.';
create sequence lead_sync_private.claim_low minvalue 0;
comment on sequence lead_sync_private.claim_low is
  'Nothing that is in flight was claimed under a lower number: see claim_low_water.';
create sequence lead_sync_private.claim_bound minvalue 0;
comment on sequence lead_sync_private.claim_bound is
  'How far claim_low may go once the transactions before claim_bound_xid have ended.';
create sequence lead_sync_private.claim_bound_xid minvalue 0;
comment on sequence lead_sync_private.claim_bound_xid is
  'Whoever drew a number up to claim_bound has a lower transaction id.';
alter sequence lead_sync_private.claim_number owner to lead_sync_owner;
alter sequence lead_sync_private.claim_low owner to lead_sync_owner;
alter sequence lead_sync_private.claim_bound owner to lead_sync_owner;
alter sequence lead_sync_private.claim_bound_xid owner to lead_sync_owner;

create table lead_sync_private.summary_due (
  conversation_id uuid constraint pk_summary_due primary key,
  due_at timestamptz not null,
  constraint fk_summary_due_conversation foreign key (conversation_id)
    references public.conversation (id) on delete cascade
);
create index idx_summary_due_due_at on lead_sync_private.summary_due (due_at);
comment on index lead_sync_private.idx_summary_due_due_at is
  'run_schedule and next_wakeup: the summaries by when they are due.';
comment on table lead_sync_private.summary_due is
  'A row is a linked conversation whose summary ResMan has not been told as an event, and when its '
  'chat will have been quiet for long enough. Written as items end, removed by run_schedule as it '
  'queues the enrichment.';

insert into lead_sync_private.setting_definition
  (name, value_type, default_value, choices, minimum, maximum, description)
values
  ('eligibility', 'text', '"contactable"', '["contactable", "qualified"]', null, null,
   'Which conversations are leads: with an e-mail or phone, or only qualified ones'),
  ('write_mode', 'text', '"live"', '["live", "shadow"]', null, null,
   'shadow reads, compares and logs what it would write, and sends nothing'),
  ('default_source', 'text', 'null', null, null, null,
   'Name of the ResMan source of a lead whose own source ResMan does not know'),
  ('default_agent', 'text', 'null', null, null, null,
   'Name or e-mail of the ResMan employee for leads without a primary manager there'),
  ('default_lost_reason', 'text', 'null', null, null, null,
   'Name of the ResMan lost reason for a lead that DomIQ marks lost'),
  ('time_zone', 'text', '"UTC"', null, null, null,
   'Time zone in which conversation.tour_datetime is meant'),
  ('country_code', 'text', '"1"', null, null, null,
   'Country calling code of phone numbers written without one'),
  ('update_delay', 'number', '0', null, 0, 3600,
   'Seconds for which an UPDATE of a live chat is held back, so that several edits travel once'),
  ('settle_time', 'number', '10', null, 0, 3600,
   'Seconds between a save whose outcome is unknown and the search that looks for it'),
  ('timeout_s', 'number', '30', null, 0.1, 600,
   'Seconds that one call to ResMan may take'),
  ('pull_since', 'time', 'null', null, null, null,
   'Where the first pull starts; null: when the integration was created'),
  ('summary_event', 'boolean', 'true', null, null, null,
   'Whether the chat''s summary is also told as an event of the lead'),
  ('summary_quiet', 'number', '600', null, 0, 604800,
   'Seconds without an edit after which a chat that has not ended is quiet: its summary is sent');

insert into lead_sync_private.lead_field
  (field, field_group, is_contact, normaliser, position, description)
values
  ('first_name', 'name', true, 'text', 1, '"user".first_name, Customer/Name'),
  ('last_name', 'name', true, 'text', 2, '"user".last_name, Customer/Name'),
  ('email', 'email', true, 'email', 3, '"user".email, Customer/Email'),
  ('phone', 'phone', true, 'phone', 4, '"user".phone, Customer/Phone'),
  ('status', 'status', false, 'stage', 5, 'conversation.status, Customer/@Type'),
  ('move_in_date', 'move_in_date', false, 'date', 6,
   'conversation.move_in_date, TargetMoveInDate'),
  ('rent_min', 'rent', false, 'number', 7, 'conversation.price_range_min, DesiredRent/@Min'),
  ('rent_max', 'rent', false, 'number', 8, 'conversation.price_range_max, DesiredRent/@Max'),
  ('bedrooms', 'bedrooms', false, 'number', 9,
   'conversation.apartment_size_preference, DesiredNumBedrooms/@Exact'),
  ('occupants', 'occupants', false, 'number', 10,
   'conversation.occupants_count, NumberOfOccupants'),
  ('pets', 'pets', false, 'json', 11, 'conversation.pet_details, Pets'),
  ('comment', 'comment', false, 'text', 12,
   'conversation.ai_intent_summary, CustomerPreferences/Comment'),
  ('tour_at', 'tour', false, 'time', 13, 'conversation.tour_datetime, event Appointment');

insert into lead_sync_private.lead_status (domiq_status, stage, resman_type)
values
  ('new', 'new', 'prospect'),
  ('active', 'new', 'prospect'),
  ('contacted', 'contacted', 'prospect'),
  ('qualified', 'qualified', 'prospect'),
  ('scheduled', 'tour_scheduled', 'prospect'),
  ('tour_scheduled', 'tour_scheduled', 'prospect'),
  ('tour_booked', 'tour_scheduled', 'prospect'),
  ('tour_completed', 'tour_scheduled', 'prospect'),
  ('application', 'application', 'applicant'),
  ('leased', 'leased', 'current_resident'),
  ('lost', 'lost', 'lost');

do $owner$
declare
  v_table text;
begin
  for v_table in
    select format('%I.%I', schemaname, tablename) from pg_catalog.pg_tables
    where schemaname = 'lead_sync_private'
  loop
    execute format('alter table %s owner to lead_sync_owner', v_table);
  end loop;
end
$owner$;
