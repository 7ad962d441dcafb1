-- The specification's table lead_sync_queue, its errata mended.
begin;
\i db/tests/support/catalogue.psql
\i db/tests/support/fixtures.psql
select plan(13);

-- surface
select results_eq(
  $$select * from pg_temp.columns_of('public.lead_sync_queue') limit 14$$,
  $$values
    ('id', 'uuid', true, 'gen_random_uuid()'),
    ('conversation_id', 'uuid', false, null),
    ('resman_lead_id', 'character varying(100)', false, null),
    ('sync_operation', 'character varying(50)', true, null),
    ('sync_data', 'jsonb', true, null),
    ('priority', 'integer', false, '1'),
    ('retry_count', 'integer', false, '0'),
    ('max_retries', 'integer', false, '3'),
    ('next_retry_at', 'timestamp with time zone', false, null),
    ('status', 'character varying(50)', false, '''pending''::character varying'),
    ('error_message', 'text', false, null),
    ('processed_at', 'timestamp with time zone', false, null),
    ('created_at', 'timestamp with time zone', false, 'now()'),
    ('updated_at', 'timestamp with time zone', false, 'now()')$$,
  'the columns of the specification, in its order, with types and defaults');
select is_empty(
  $$values
    ('chk_priority_range', 'CHECK (((priority >= 1) AND (priority <= 3)))'),
    ('chk_retry_count', 'CHECK ((retry_count <= max_retries))'),
    ('lead_sync_queue_conversation_id_fkey',
     'FOREIGN KEY (conversation_id) REFERENCES conversation(id) ON DELETE CASCADE'),
    ('lead_sync_queue_pkey', 'PRIMARY KEY (id)'),
    ('lead_sync_queue_priority_check', 'CHECK ((priority = ANY (ARRAY[1, 2, 3])))'),
    ('lead_sync_queue_status_check',
     'CHECK (((status)::text = ANY ((ARRAY[''pending''::character varying, '
     '''processing''::character varying, ''completed''::character varying, '
     '''failed''::character varying, ''cancelled''::character varying])::text[])))'),
    ('lead_sync_queue_sync_operation_check',
     'CHECK (((sync_operation)::text = ANY ((ARRAY[''push''::character varying, '
     '''pull''::character varying, ''merge''::character varying, ''status_update''::character'
     ' varying, ''enrichment''::character varying])::text[])))')
    except select * from pg_temp.constraints_of('public.lead_sync_queue')$$,
  'its keys and checks, under their names');
select is_empty(
  $$values
    ('idx_lead_sync_queue_conversation', 'btree (conversation_id, created_at)'),
    ('idx_lead_sync_queue_next_retry',
     'btree (next_retry_at) WHERE ((status)::text = ''pending''::text)'),
    ('idx_lead_sync_queue_status_priority', 'btree (status, priority DESC, created_at)'),
    ('lead_sync_queue_pkey', 'unique btree (id)')
    except select * from pg_temp.indexes_of('public.lead_sync_queue')$$,
  'its indexes');
select is_empty(
  $$values
    ('', 'Queue for managing lead sync operations with retry logic'),
    ('sync_data', 'Data payload for sync operation'),
    ('priority', 'Priority level for processing order')
    except select * from pg_temp.comments_of('public.lead_sync_queue')$$,
  'the comments begin with those of the specification');
select is_empty($$select pg_temp.columns_without_comment('public.lead_sync_queue')$$,
  'every column has a comment');
select results_eq(
  $$select c.relrowsecurity, (select count(*) from pg_policy p where p.polrelid = c.oid),
      c.relowner::regrole::text
    from pg_class c where c.oid = 'public.lead_sync_queue'::regclass$$,
  $$values (true, 0::bigint, 'lead_sync_owner')$$,
  'it belongs to the package and lets nobody else in, whatever is granted');

-- errors
select throws_ok(
  format($$select pg_temp.given_row('lead_sync_queue',
    '{"sync_operation": "pull", "sync_data": {}}'::jsonb || %L)$$,
    jsonb_build_object(c.name, c.value)),
  '23514', null, format('%s cannot be %s', c.name, c.value))
from (values
  ('sync_operation', '"delete"'::jsonb),
  ('priority', '4'::jsonb),
  ('priority', '0'::jsonb),
  ('status', '"waiting"'::jsonb),
  ('retry_count', '4'::jsonb)) as c(name, value);

-- effects
create temporary table given as
select pg_temp.given_conversation(null, pg_temp.given_property()) as conversation_id;
insert into public.lead_sync_queue (conversation_id, sync_operation, sync_data)
select conversation_id, 'push', '{}' from given;
select results_eq(
  $$select priority, retry_count, max_retries, status::text, next_retry_at, processed_at
    from public.lead_sync_queue join given using (conversation_id)$$,
  $$values (1, 0, 3, 'pending', null::timestamptz, null::timestamptz)$$,
  'an item that other code inserts waits with the defaults of the specification');
delete from public.conversation where id = (select conversation_id from given);
select is_empty('select * from public.lead_sync_queue join given using (conversation_id)',
  'items go with the conversation');

select * from finish();
rollback;
