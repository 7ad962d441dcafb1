-- depends: 0003.create-seed-tables
-- transactional: false
-- Every statement is a transaction of its own and can be run again: DomIQ's tables are locked
-- for the change of their catalogue entries alone, never while rows are read. A run that was
-- interrupted is completed by the next.

create table if not exists lead_sync_private.added_column (
  table_name text not null,
  column_name text not null,
  constraint pk_added_column primary key (table_name, column_name)
);

create table if not exists lead_sync_private.added_object (
  kind text not null,
  table_name text not null,
  object_name text not null,
  constraint pk_added_object primary key (kind, table_name, object_name),
  constraint chk_added_object_kind check (kind in ('constraint', 'index'))
);

comment on table lead_sync_private.added_column is
  'A row is a column of a DomIQ table that the package added: the rollback drops these and no '
  'others. Written and read by migrations alone.';
comment on column lead_sync_private.added_column.table_name is 'A table in public.';
comment on column lead_sync_private.added_column.column_name is 'The column.';
comment on table lead_sync_private.added_object is
  'A row is a constraint or index on a DomIQ table that the package added: the rollback drops '
  'these and no others. Written and read by migrations alone.';
comment on column lead_sync_private.added_object.kind is 'constraint or index.';
comment on column lead_sync_private.added_object.table_name is 'A table in public.';
comment on column lead_sync_private.added_object.object_name is 'The constraint or index.';

alter table lead_sync_private.added_column enable row level security;
alter table lead_sync_private.added_object enable row level security;
alter table lead_sync_private.added_column owner to lead_sync_owner;
alter table lead_sync_private.added_object owner to lead_sync_owner;

-- Columns, with constant defaults (no rewrite), and constraints, not yet validated (no scan).
do $columns$
declare
  v_row record;
  v_problems text[] := '{}';
begin
  -- Under plain yoyo: a request for a lock that waits makes DomIQ wait behind it.
  if current_setting('lock_timeout') = '0' then
    perform set_config('lock_timeout', '200ms', true);
  end if;
  -- in the order in which a statement locks them: its own table, then those that keys refer to
  lock table public.lead_notification, public.conversation, public."user"
    in access exclusive mode;

  for v_row in
    select w.*, format_type(a.atttypid, a.atttypmod) as found_type
    from (values
      ('conversation', 'resman_lead_id', 'character varying(100)', null,
       'The lead in ResMan (ProspectID) that the conversation is linked with.'),
      ('conversation', 'resman_sync_status', 'character varying(50)', 'not_synced',
       'not_synced, syncing, synced, failed or conflict. Written by lead-sync.'),
      ('conversation', 'resman_last_sync_at', 'timestamp with time zone', null,
       'When the conversation was last brought in step with ResMan.'),
      ('conversation', 'resman_sync_version', 'integer', '0',
       'Moves with every change of a synced field.'),
      ('conversation', 'resman_custom_fields', 'jsonb', null,
       'What ResMan alone knows about the lead.'),
      ('conversation', 'resman_field_times', 'jsonb', null,
       'When each synced field was last changed in DomIQ. Written by capture.'),
      ('conversation', 'resman_capture_mark', 'bigint', null,
       'Marks the rows that a statement changed, for capture alone.'),
      ('user', 'resman_contact_id', 'character varying(100)', null,
       'The latest contact in ResMan (PersonID) of the user.'),
      ('user', 'resman_sync_status', 'character varying(50)', 'not_synced',
       'not_synced, syncing, synced, failed or conflict. Written by lead-sync.'),
      ('user', 'resman_last_sync_at', 'timestamp with time zone', null,
       'When the user was last brought in step with ResMan.'),
      ('user', 'resman_sync_version', 'integer', '0',
       'Moves with every change of a synced field.'),
      ('user', 'resman_custom_fields', 'jsonb', null,
       'What ResMan alone knows about the contact.'),
      ('user', 'resman_field_times', 'jsonb', null,
       'When each synced field was last changed in DomIQ. Written by capture.'),
      ('user', 'resman_capture_mark', 'bigint', null,
       'Marks the rows that a statement changed, for capture alone.'),
      ('lead_notification', 'resman_notification_id', 'character varying(100)', null,
       'The event in ResMan: its EventID where shown, else the event''s key.'),
      ('lead_notification', 'resman_sync_status', 'character varying(50)', 'not_synced',
       'not_synced, syncing, synced or failed. Written by lead-sync.'),
      ('lead_notification', 'resman_last_sync_at', 'timestamp with time zone', null,
       'When the notification was sent to ResMan.'),
      ('lead_notification', 'resman_capture_mark', 'bigint', null,
       'Marks the rows that a statement changed, for capture alone.'),
      ('lead_notification', 'updated_at', 'timestamp with time zone', null,
       'When the row was last written. DomIQ''s update trigger sets it, and fails without it.')
    ) as w(table_name, column_name, data_type, default_value, description)
    left join pg_catalog.pg_attribute a
      on a.attrelid = format('public.%I', w.table_name)::regclass
      and a.attname = w.column_name and not a.attisdropped
  loop
    if v_row.found_type is null then
      execute format('alter table public.%I add column %I %s', v_row.table_name,
        v_row.column_name, v_row.data_type)
        || case when v_row.default_value is null then ''
                else format(' default %L', v_row.default_value) end;
      execute format('comment on column public.%I.%I is %L', v_row.table_name,
        v_row.column_name, v_row.description);
      insert into lead_sync_private.added_column (table_name, column_name)
      values (v_row.table_name, v_row.column_name);
    elsif v_row.found_type <> v_row.data_type then
      v_problems := v_problems || format('public.%I.%I is %s, not %s', v_row.table_name,
        v_row.column_name, v_row.found_type, v_row.data_type);
    end if;
  end loop;
  if v_problems <> '{}' then
    raise exception using
      errcode = 'datatype_mismatch',
      message = 'DomIQ''s tables have columns of our names with other types',
      detail = array_to_string(v_problems, e'\n'),
      hint = 'Rename them, or change their types, and migrate again.';
  end if;

  for v_row in
    select w.*
    from (values
      ('conversation', 'conversation_resman_sync_status_check',
       $$resman_sync_status in ('not_synced', 'syncing', 'synced', 'failed', 'conflict')$$),
      ('conversation', 'chk_resman_sync_mapping',
       $$(resman_sync_status = 'synced' and resman_lead_id is not null)
         or resman_sync_status != 'synced'$$),
      ('conversation', 'chk_resman_sync_version', 'resman_sync_version >= 0'),
      ('user', 'user_resman_sync_status_check',
       $$resman_sync_status in ('not_synced', 'syncing', 'synced', 'failed', 'conflict')$$),
      ('user', 'chk_user_resman_sync_mapping',
       $$(resman_sync_status = 'synced' and resman_contact_id is not null)
         or resman_sync_status != 'synced'$$),
      ('user', 'chk_user_resman_sync_version', 'resman_sync_version >= 0'),
      ('lead_notification', 'lead_notification_resman_sync_status_check',
       $$resman_sync_status in ('not_synced', 'syncing', 'synced', 'failed')$$),
      ('lead_notification', 'chk_notification_resman_sync_mapping',
       $$(resman_sync_status = 'synced' and resman_notification_id is not null)
         or resman_sync_status != 'synced'$$)
    ) as w(table_name, constraint_name, expression)
    where not exists (
      select from pg_catalog.pg_constraint c
      where c.conrelid = format('public.%I', w.table_name)::regclass
        and c.conname = w.constraint_name
    )
  loop
    execute format('alter table public.%I add constraint %I check (%s) not valid',
      v_row.table_name, v_row.constraint_name, v_row.expression);
    insert into lead_sync_private.added_object (kind, table_name, object_name)
    values ('constraint', v_row.table_name, v_row.constraint_name);
  end loop;
end
$columns$;

-- What follows waits in nobody's way: its locks let the application read and write, and an index
-- waits for transactions, not for tables.
set lock_timeout = 0;

-- Reads every row, but lets the application write meanwhile.
do $validate$
declare
  v_row record;
begin
  for v_row in
    select o.table_name, o.object_name
    from lead_sync_private.added_object o
    join pg_catalog.pg_constraint c
      on c.conrelid = to_regclass(format('public.%I', o.table_name))
      and c.conname = o.object_name and not c.convalidated
    where o.kind = 'constraint'
  loop
    execute format('alter table public.%I validate constraint %I', v_row.table_name,
      v_row.object_name);
  end loop;
end
$validate$;

-- Which of the indexes will be ours; what an interrupted run left half-built is made anew.
do $indexes$
declare
  v_row record;
begin
  perform set_config('lock_timeout', '200ms', true); -- for the drop, which does lock the table
  for v_row in
    select w.table_name, w.index_name, i.indisvalid
    from (values
      ('conversation', 'idx_conversation_resman_lead_id'),
      ('conversation', 'idx_conversation_resman_sync_status'),
      ('conversation', 'idx_conversation_resman_last_sync'),
      ('user', 'idx_user_resman_contact_id'),
      ('user', 'idx_user_resman_sync_status'),
      ('lead_notification', 'idx_lead_notification_resman_id'),
      ('lead_notification', 'idx_lead_notification_resman_sync')
    ) as w(table_name, index_name)
    left join pg_catalog.pg_index i
      on i.indexrelid = to_regclass(format('public.%I', w.index_name))
    where i.indisvalid is not true
  loop
    if v_row.indisvalid is not null then
      execute format('drop index public.%I', v_row.index_name);
    end if;
    insert into lead_sync_private.added_object (kind, table_name, object_name)
    values ('index', v_row.table_name, v_row.index_name)
    on conflict do nothing;
  end loop;
end
$indexes$;

create index concurrently if not exists idx_conversation_resman_lead_id
  on public.conversation (resman_lead_id);
create index concurrently if not exists idx_conversation_resman_sync_status
  on public.conversation (resman_sync_status);
create index concurrently if not exists idx_conversation_resman_last_sync
  on public.conversation (resman_last_sync_at);
create index concurrently if not exists idx_user_resman_contact_id
  on public."user" (resman_contact_id);
create index concurrently if not exists idx_user_resman_sync_status
  on public."user" (resman_sync_status);
create index concurrently if not exists idx_lead_notification_resman_id
  on public.lead_notification (resman_notification_id);
create index concurrently if not exists idx_lead_notification_resman_sync
  on public.lead_notification (resman_sync_status);
