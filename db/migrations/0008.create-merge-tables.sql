-- depends: 0007.create-private-tables
-- squawk-ignore-file adding-field-with-default, constraint-missing-not-valid, adding-foreign-key-constraint, disallowed-unique-constraint
-- What both ways need: rules and policies of the merge, pull, identity, tombstones, history.

-- Under plain yoyo: a request for a lock that waits makes DomIQ wait behind it.
select set_config('lock_timeout', '200ms', true) where current_setting('lock_timeout') = '0';

-- Rules of the merge -------------------------------------------------------------------------

create table lead_sync_private.normaliser (
  name text not null,
  version integer not null constraint chk_normaliser_version check (version >= 1),
  steps text[] not null constraint chk_normaliser_steps check (steps <@ array['trim', 'lower',
    'spaces', 'phone', 'date', 'number', 'time', 'stage', 'list']),
  constraint pk_normaliser primary key (name, version)
);
comment on table lead_sync_private.normaliser is
  'A row is one version of how values are brought to the form in which two sides are compared: '
  'steps, in order. The newest version of a name holds; the older ones stay, to tell whether a '
  'value moved since a base was written under them. Written by migrations only.';

insert into lead_sync_private.normaliser (name, version, steps) values
  ('text', 1, '{trim}'), ('email', 1, '{trim,lower}'), ('phone', 1, '{trim,phone}'),
  ('date', 1, '{trim,date}'), ('number', 1, '{trim,number}'), ('time', 1, '{trim,time}'),
  ('stage', 1, '{trim,lower,stage}'), ('json', 1, '{list}');

alter table lead_sync_private.lead_field
  add column custom boolean not null default false;
comment on column lead_sync_private.lead_field.custom is
  'ResMan alone knows it: it is kept in conversation.resman_custom_fields and never pushed.';

insert into lead_sync_private.lead_field
  (field, field_group, is_contact, normaliser, position, description, custom)
values
  ('source', 'source', false, 'json', 14, 'ResMan''s source, first-contact event', true),
  ('agent', 'agent', false, 'json', 15, 'ResMan''s agent, first-contact event', true),
  ('lost_reason', 'lost_reason', false, 'json', 16, 'ResMan''s reason, event Cancel', true);

create table lead_sync_private.resman_status (
  resman_type text constraint pk_resman_status primary key
    constraint chk_resman_status_resman_type
      check (resman_type in ('prospect', 'lost', 'applicant', 'current_resident')),
  domiq_status text not null,
  constraint fk_resman_status_lead_status foreign key (domiq_status)
    references lead_sync_private.lead_status (domiq_status)
);
create index idx_resman_status_domiq_status on lead_sync_private.resman_status (domiq_status);
comment on index lead_sync_private.idx_resman_status_domiq_status is
  'The foreign key to lead_status.';
comment on table lead_sync_private.resman_status is
  'A row says which status a ResMan customer type becomes in DomIQ when it is pulled; prospect '
  'only reactivates a lead that was lost. Written by migrations only.';
insert into lead_sync_private.resman_status (resman_type, domiq_status) values
  ('prospect', 'active'), ('lost', 'lost'), ('applicant', 'application'),
  ('current_resident', 'leased');

create table lead_sync_private.field_policy (
  id bigint generated always as identity constraint pk_field_policy primary key,
  property_id uuid,
  field_group text,
  policy text constraint chk_field_policy_policy check (policy in ('domiq_wins', 'resman_wins',
    'newest_wins', 'fill_blank_only', 'furthest_stage', 'union', 'manual_review')),
  allow_blank boolean,
  updated_at timestamptz not null default clock_timestamp(),
  constraint fk_field_policy_property foreign key (property_id)
    references public.property (id) on delete cascade,
  constraint chk_field_policy_says_something check (num_nonnulls(policy, allow_blank) > 0),
  constraint chk_field_policy_stage
    check (policy <> 'furthest_stage' or field_group = 'status')
);
create unique index uq_field_policy_key on lead_sync_private.field_policy
  (coalesce(property_id, '00000000-0000-0000-0000-000000000000'), coalesce(field_group, ''));
comment on index lead_sync_private.uq_field_policy_key is
  'One row for a property (null: all) and group (null: every group).';
create index idx_field_policy_property on lead_sync_private.field_policy (property_id);
comment on index lead_sync_private.idx_field_policy_property is
  'merge_rules: a property''s own policies; the foreign key.';
comment on table lead_sync_private.field_policy is
  'A row is who wins when both sides changed a group, and whether a contact value may become '
  'blank; most specific first: property and group, property, group, all. Written by '
  'set_field_policy.';
insert into lead_sync_private.field_policy (property_id, field_group, policy, allow_blank) values
  (null, null, 'newest_wins', false), (null, 'status', 'furthest_stage', null),
  (null, 'comment', 'domiq_wins', null), (null, 'source', 'resman_wins', null),
  (null, 'agent', 'resman_wins', null), (null, 'lost_reason', 'resman_wins', null);

create table lead_sync_private.configuration_log (
  id bigint generated always as identity constraint pk_configuration_log primary key,
  changed_at timestamptz not null default clock_timestamp(),
  changed_by text not null default session_user,
  what text not null,
  property_id uuid,
  old_value jsonb,
  new_value jsonb
);
create index idx_configuration_log_property
  on lead_sync_private.configuration_log (property_id, changed_at);
comment on index lead_sync_private.idx_configuration_log_property is
  'Who changed what of a property, and when.';
comment on table lead_sync_private.configuration_log is
  'A row is one change of a policy, setting or integration: when, by which login, from what to '
  'what; credentials never. Written by triggers on those tables; kept.';

-- The link -----------------------------------------------------------------------------------

alter table public.lead_sync_mapping
  add column rules_version integer not null default 1,
  add column resman_seen jsonb,
  add column seen_hash text,
  add column suppressed jsonb not null default '{}',
  add column applied jsonb;
comment on column public.lead_sync_mapping.rules_version is
  'The version of the normalisers under which the bases were written.';
comment on column public.lead_sync_mapping.resman_seen is
  'The lead as ResMan last showed it, without its events (canonical lead document).';
comment on column public.lead_sync_mapping.seen_hash is
  'Hash of the whole document last taken in: a pull passes over what has not moved since.';
comment on column public.lead_sync_mapping.suppressed is
  'By group: a write that a direction or guard forbids, {"side","value","why","at"}; recorded '
  'once, and taken away when it no longer stands.';
comment on column public.lead_sync_mapping.applied is
  'What the last pull wrote, for capture alone: {"xid","expects"}.';

create table lead_sync_private.lead_alias (
  resman_lead_id text constraint pk_lead_alias primary key,
  mapping_id uuid not null,
  kind text not null constraint chk_lead_alias_kind check (kind in ('merged', 'recreated')),
  created_at timestamptz not null default clock_timestamp(),
  constraint fk_lead_alias_mapping foreign key (mapping_id)
    references public.lead_sync_mapping (id) on delete cascade
);
create index idx_lead_alias_mapping on lead_sync_private.lead_alias (mapping_id);
comment on index lead_sync_private.idx_lead_alias_mapping is 'The foreign key to lead_sync_mapping.';
comment on table lead_sync_private.lead_alias is
  'A row is a ResMan lead that stands for the one of a link no longer: retired by merge_leads, '
  'or its earlier id, created anew after it had vanished. Searches and pulls pass over it.';

create table lead_sync_private.identity_decision (
  user_id uuid not null,
  resman_lead_id text not null,
  same boolean not null,
  decided_at timestamptz not null default clock_timestamp(),
  constraint pk_identity_decision primary key (user_id, resman_lead_id),
  constraint fk_identity_decision_user foreign key (user_id)
    references public."user" (id) on delete cascade
);
create index idx_identity_decision_lead on lead_sync_private.identity_decision (resman_lead_id);
comment on index lead_sync_private.idx_identity_decision_lead is
  'find_person: whose a pulled lead is, and whose it is not.';
comment on table lead_sync_private.identity_decision is
  'A row is what a person decided about an ambiguous lead: that it is this user''s, or somebody '
  'else''s. Written by resolve_conflict; what was to be linked is removed by the link, the rest '
  'with the user or by erasure.';

create table lead_sync_private.field_change (
  id bigint generated always as identity constraint pk_field_change primary key,
  mapping_id uuid not null,
  conversation_id uuid,
  property_id uuid,
  field_group text not null,
  kind text not null constraint chk_field_change_kind check (kind in ('push', 'pull', 'converged',
    'resolve', 'restore', 'undo', 'suppressed')),
  old_domiq jsonb,
  new_domiq jsonb,
  old_resman jsonb,
  new_resman jsonb,
  policy text,
  conflict_id uuid,
  item_id uuid,
  changed_at timestamptz not null default clock_timestamp(),
  constraint fk_field_change_mapping foreign key (mapping_id)
    references public.lead_sync_mapping (id) on delete cascade
);
create index idx_field_change_mapping
  on lead_sync_private.field_change (mapping_id, field_group, changed_at desc);
comment on index lead_sync_private.idx_field_change_mapping is
  'lead_history, and the flip check of a merge.';
create index idx_field_change_property
  on lead_sync_private.field_change (property_id, changed_at) where kind = 'pull';
comment on index lead_sync_private.idx_field_change_property is
  'undo_pulls: what pulls wrote in a property since a time.';
comment on table lead_sync_private.field_change is
  'A row is one group of a link that moved: which way, the values before and after, the policy '
  'or conflict that decided. Written in the transaction that moves the base; removed with the link.';

-- Pull ---------------------------------------------------------------------------------------

create table lead_sync_private.pull_state (
  property_id uuid constraint pk_pull_state primary key,
  read_until timestamptz not null,
  started_at timestamptz,
  due_at timestamptz,
  constraint fk_pull_state_property foreign key (property_id)
    references public.property (id) on delete cascade
);
create index idx_pull_state_due on lead_sync_private.pull_state (due_at);
comment on index lead_sync_private.idx_pull_state_due is
  'run_schedule and next_wakeup: the pulls by when they are due.';
comment on table lead_sync_private.pull_state is
  'A row is how far a property''s pulls have come: everything modified before read_until has been '
  'read and is applied or staged. Written by run_schedule and as windows are read.';

create table lead_sync_private.pulled_lead (
  id bigint generated always as identity constraint pk_pulled_lead primary key,
  property_id uuid not null,
  resman_lead_id text not null,
  lead jsonb not null,
  issued_at timestamptz not null,
  window_from timestamptz,
  item_id uuid,
  constraint fk_pulled_lead_property foreign key (property_id)
    references public.property (id) on delete cascade
);
create unique index uq_pulled_lead_lead
  on lead_sync_private.pulled_lead (property_id, resman_lead_id);
comment on index lead_sync_private.uq_pulled_lead_lead is
  'A lead that was read twice before it was applied waits once, as last read.';
create index idx_pulled_lead_turn on lead_sync_private.pulled_lead (property_id, id);
comment on index lead_sync_private.idx_pulled_lead_turn is
  'take_staged: the leads of a property in the order they were read.';
comment on table lead_sync_private.pulled_lead is
  'A row is a lead of a pull''s answer that is still to be applied: an answer with many is taken '
  'in small transactions. Written by advance_item, removed by run_schedule as it applies it.';

create type lead_sync_private.plain_pull as (
  staged_id bigint,
  item_id uuid,
  issued_at timestamptz,
  mapping_id uuid,
  conversation_id uuid,
  resman_lead_id text,
  read jsonb,
  domiq jsonb,
  domiq_base jsonb,
  resman_base jsonb,
  told jsonb,
  changes jsonb
);
alter type lead_sync_private.plain_pull owner to lead_sync_owner;
comment on type lead_sync_private.plain_pull is
  'A lead of a pull that is merged without a word, from take_plain to write_plain: what was staged, '
  'its link, both sides as they were, the bases as they will be, the values for DomIQ (told) and '
  'the rows of merge_lead (changes).';

-- Tombstones ---------------------------------------------------------------------------------

create table lead_sync_private.hash_secret (
  singleton boolean constraint pk_hash_secret primary key default true
    constraint chk_hash_secret_singleton check (singleton),
  secret bytea not null default decode(replace(gen_random_uuid()::text || gen_random_uuid()::text,
    '-', ''), 'hex')
);
comment on table lead_sync_private.hash_secret is
  'One row: the key under which tombstones hash contacts, so that a hash cannot be looked up.';
insert into lead_sync_private.hash_secret default values;

create table lead_sync_private.tombstone (
  id bigint generated always as identity constraint pk_tombstone primary key,
  property_id uuid,
  conversation_id uuid,
  resman_lead_id text,
  contact_hashes text[] not null default '{}',
  kind text not null constraint chk_tombstone_kind
    check (kind in ('suppressed', 'erased', 'deleted')),
  reason text,
  created_at timestamptz not null default clock_timestamp(),
  lifted_at timestamptz
);
create index idx_tombstone_lead on lead_sync_private.tombstone (resman_lead_id)
  where lifted_at is null;
comment on index lead_sync_private.idx_tombstone_lead is 'Is this lead one that must not return?';
create index idx_tombstone_contacts on lead_sync_private.tombstone using gin (contact_hashes)
  where lifted_at is null;
comment on index lead_sync_private.idx_tombstone_contacts is
  'Is this person one that must not return?';
create index idx_tombstone_property on lead_sync_private.tombstone (property_id)
  where lifted_at is null;
comment on index lead_sync_private.idx_tombstone_property is
  'plan_item: has a property any? Only then is a person looked up.';
create index idx_tombstone_conversation on lead_sync_private.tombstone (conversation_id)
  where lifted_at is null;
comment on index lead_sync_private.idx_tombstone_conversation is
  'Is this conversation one that must not be pushed?';
comment on table lead_sync_private.tombstone is
  'A row is a person at a property who is not pushed, pulled or made again until it is lifted: '
  'ids and keyed hashes, no values. Written by suppress_lead, erase_lead, erase_user and the '
  'deletion of a linked conversation or user; kept.';

-- Reconciliation -----------------------------------------------------------------------------

create table lead_sync_private.reconciliation_run (
  id uuid constraint pk_reconciliation_run primary key default gen_random_uuid(),
  property_id uuid not null,
  repair boolean not null,
  started_at timestamptz not null default clock_timestamp(),
  finished_at timestamptz,
  links integer,
  constraint fk_reconciliation_run_property foreign key (property_id)
    references public.property (id) on delete cascade
);
create index idx_reconciliation_run_property
  on lead_sync_private.reconciliation_run (property_id, started_at desc);
comment on index lead_sync_private.idx_reconciliation_run_property is
  'The latest runs of a property; the foreign key.';
comment on table lead_sync_private.reconciliation_run is
  'A row is one sweep over the links of a property. Written by run_reconciliation.';

create table lead_sync_private.reconciliation_finding (
  run_id uuid not null,
  mapping_id uuid not null,
  class text not null constraint chk_reconciliation_finding_class check (class in ('unread',
    'matched', 'pending', 'in_flight', 'conflict', 'suppressed', 'drift', 'missing_in_resman',
    'missing_in_domiq')),
  groups jsonb,
  read_at timestamptz,
  constraint pk_reconciliation_finding primary key (run_id, mapping_id),
  constraint fk_reconciliation_finding_run foreign key (run_id)
    references lead_sync_private.reconciliation_run (id) on delete cascade,
  constraint fk_reconciliation_finding_mapping foreign key (mapping_id)
    references public.lead_sync_mapping (id) on delete cascade
);
create index idx_reconciliation_finding_mapping
  on lead_sync_private.reconciliation_finding (mapping_id);
comment on index lead_sync_private.idx_reconciliation_finding_mapping is
  'The foreign key to lead_sync_mapping.';
comment on table lead_sync_private.reconciliation_finding is
  'A row is what a sweep found of one link; unread until its turn. Written as the reads come in.';

insert into lead_sync_private.setting_definition
  (name, value_type, default_value, choices, minimum, maximum, description)
values
  ('pull_interval', 'number', '60', null, 5, 86400,
   'Seconds between two pulls of a realtime property'),
  ('pull_overlap', 'number', '120', null, 0, 86400,
   'Seconds before the last pull''s start from which the next one reads again'),
  ('pull_window', 'number', '86400', null, 60, 2678400,
   'Seconds that one read of modified leads covers at most; halved where ResMan finds it too large'),
  ('write_guard', 'number', '5000', null, 1, 1000000,
   'Saves to ResMan in an hour above which the property is paused for a person to look'),
  ('deletion', 'text', '"none"', '["none", "lost"]', null, null,
   'What a deletion in DomIQ does in ResMan: nothing, or the lead is marked lost');

create index idx_lead_sync_queue_pulls
  on public.lead_sync_queue (property_id, seq)
  where sync_operation = 'pull' and status in ('pending', 'processing');
comment on index public.idx_lead_sync_queue_pulls is
  'run_schedule, enqueue_pull and the fold of a claim: the open pulls of a property.';

do $owner$
declare
  v_table text;
begin
  for v_table in
    select format('%I.%I', schemaname, tablename) from pg_catalog.pg_tables
    where schemaname = 'lead_sync_private' and tableowner <> 'lead_sync_owner'
  loop
    execute format('alter table %s owner to lead_sync_owner', v_table);
  end loop;
end
$owner$;
