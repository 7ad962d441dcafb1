-- The specification's table lead_sync_log, its errata mended.
begin;
\i db/tests/support/catalogue.psql
\i db/tests/support/fixtures.psql
select plan(11);

-- surface
select results_eq(
  $$select * from pg_temp.columns_of('public.lead_sync_log') limit 15$$,
  $$values
    ('id', 'uuid', true, 'gen_random_uuid()'),
    ('conversation_id', 'uuid', false, null),
    ('resman_lead_id', 'character varying(100)', false, null),
    ('sync_direction', 'character varying(20)', true, null),
    ('sync_status', 'character varying(50)', true, null),
    ('sync_type', 'character varying(50)', true, null),
    ('sync_data', 'jsonb', false, null),
    ('response_data', 'jsonb', false, null),
    ('error_message', 'text', false, null),
    ('error_code', 'character varying(100)', false, null),
    ('conflict_resolution', 'character varying(50)', false, null),
    ('conflict_details', 'jsonb', false, null),
    ('retry_count', 'integer', false, '0'),
    ('processing_time_ms', 'integer', false, null),
    ('created_at', 'timestamp with time zone', false, 'clock_timestamp()')$$,
  'the columns of the specification, in its order, with types and defaults');
select is_empty(
  $$values
    ('idx_lead_sync_log_conversation_created', 'UNIQUE (conversation_id, created_at)'),
    ('lead_sync_log_conflict_resolution_check',
     'CHECK (((conflict_resolution)::text = ANY ((ARRAY[''resman_wins''::character varying, '
     '''domiq_wins''::character varying, ''manual_review''::character varying, '
     '''merged''::character varying])::text[])))'),
    ('lead_sync_log_conversation_id_fkey',
     'FOREIGN KEY (conversation_id) REFERENCES conversation(id) ON DELETE CASCADE'),
    ('lead_sync_log_pkey', 'PRIMARY KEY (id)'),
    ('lead_sync_log_sync_direction_check',
     'CHECK (((sync_direction)::text = ANY ((ARRAY[''to_resman''::character varying, '
     '''from_resman''::character varying, ''bidirectional''::character varying])::text[])))'),
    ('lead_sync_log_sync_status_check',
     'CHECK (((sync_status)::text = ANY ((ARRAY[''pending''::character varying, '
     '''success''::character varying, ''failed''::character varying, ''conflict''::character '
     'varying, ''retry''::character varying])::text[])))'),
    ('lead_sync_log_sync_type_check',
     'CHECK (((sync_type)::text = ANY ((ARRAY[''create''::character varying, '
     '''update''::character varying, ''status_change''::character varying, '
     '''enrichment''::character varying, ''merge''::character varying])::text[])))')
    except select * from pg_temp.constraints_of('public.lead_sync_log')$$,
  'its keys and checks, under their names');
select is_empty(
  $$values
    ('idx_lead_sync_log_conversation_created', 'unique btree (conversation_id, created_at)'),
    ('idx_lead_sync_log_direction_type', 'btree (sync_direction, sync_type, created_at)'),
    ('idx_lead_sync_log_error_tracking',
     'btree (error_code, created_at) WHERE (error_code IS NOT NULL)'),
    ('idx_lead_sync_log_processing_time',
     'btree (processing_time_ms) WHERE (processing_time_ms IS NOT NULL)'),
    ('idx_lead_sync_log_resman_lead', 'btree (resman_lead_id, created_at DESC)'),
    ('idx_lead_sync_log_status_created', 'btree (sync_status, created_at DESC)'),
    ('lead_sync_log_pkey', 'unique btree (id)')
    except select * from pg_temp.indexes_of('public.lead_sync_log')$$,
  'its indexes');
select is_empty(
  $$values
    ('', 'Audit trail for all lead synchronization operations'),
    ('sync_data', 'Original data sent/received during sync'),
    ('response_data', 'Response data from ResMan API'),
    ('conflict_details', 'Detailed conflict information and resolution')
    except select * from pg_temp.comments_of('public.lead_sync_log')$$,
  'the comments begin with those of the specification');
select is_empty($$select pg_temp.columns_without_comment('public.lead_sync_log')$$,
  'every column has a comment');
select results_eq(
  $$select c.relrowsecurity, (select count(*) from pg_policy p where p.polrelid = c.oid),
      c.relowner::regrole::text
    from pg_class c where c.oid = 'public.lead_sync_log'::regclass$$,
  $$values (true, 0::bigint, 'lead_sync_owner')$$,
  'it belongs to the package and lets nobody else in, whatever is granted');

-- errors
select throws_ok(
  format($$select pg_temp.given_row('lead_sync_log',
    '{"sync_direction": "to_resman", "sync_status": "success", "sync_type": "create"}'::jsonb
      || %L)$$,
    jsonb_build_object(c.name, c.value)),
  '23514', null, format('%s cannot be %s', c.name, c.value))
from (values
  ('sync_direction', '"sideways"'::jsonb),
  ('sync_status', '"lost"'::jsonb),
  ('sync_type', '"delete"'::jsonb),
  ('conflict_resolution', '"newest_wins"'::jsonb)) as c(name, value);

-- effects
create temporary table given as
select pg_temp.given_conversation(null, pg_temp.given_property()) as conversation_id;
insert into public.lead_sync_log (conversation_id, sync_direction, sync_status, sync_type)
select conversation_id, 'to_resman', 'success', 'create' from given;
delete from public.conversation where id = (select conversation_id from given);
select is_empty('select * from public.lead_sync_log join given using (conversation_id)',
  'entries go with the conversation');

select * from finish();
rollback;
