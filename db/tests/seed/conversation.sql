-- The columns of the specification on DomIQ's table conversation.
begin;
\i db/tests/support/catalogue.psql
\i db/tests/support/fixtures.psql
select plan(9);

-- surface
select is_empty(
  $$values
    ('resman_lead_id', 'character varying(100)', false, null),
    ('resman_sync_status', 'character varying(50)', false, '''not_synced''::character varying'),
    ('resman_last_sync_at', 'timestamp with time zone', false, null),
    ('resman_sync_version', 'integer', false, '0'),
    ('resman_custom_fields', 'jsonb', false, null)
    except select * from pg_temp.columns_of('public.conversation')$$,
  'the columns of the specification, with types and defaults');
select is_empty(
  $$values
    ('chk_resman_sync_mapping',
     'CHECK (((((resman_sync_status)::text = ''synced''::text) AND (resman_lead_id IS NOT '
     'NULL)) OR ((resman_sync_status)::text <> ''synced''::text)))'),
    ('chk_resman_sync_version', 'CHECK ((resman_sync_version >= 0))'),
    ('conversation_resman_sync_status_check',
     'CHECK (((resman_sync_status)::text = ANY ((ARRAY[''not_synced''::character varying, '
     '''syncing''::character varying, ''synced''::character varying, ''failed''::character '
     'varying, ''conflict''::character varying])::text[])))')
    except select * from pg_temp.constraints_of('public.conversation')$$,
  'its checks, under their names');
select is_empty(
  $$values
    ('idx_conversation_resman_last_sync', 'btree (resman_last_sync_at)'),
    ('idx_conversation_resman_lead_id', 'btree (resman_lead_id)'),
    ('idx_conversation_resman_sync_status', 'btree (resman_sync_status)')
    except select * from pg_temp.indexes_of('public.conversation')$$,
  'its indexes');
select is_empty(
  $$select c.conname from pg_constraint c
    where c.conrelid = 'public.conversation'::regclass and not c.convalidated$$,
  'every check has been validated');
select is_empty(
  $$select column_name from lead_sync_private.added_column where table_name = 'conversation'
    intersect select pg_temp.columns_without_comment('public.conversation')$$,
  'every column that was added has a comment');

-- errors
select throws_ok(
  format($$select pg_temp.given_conversation(null, pg_temp.given_property(), %L)$$, c.value),
  '23514', null, format('refused: %s', c.what))
from (values
  ('an unknown status', '{"resman_sync_status": "lost"}'),
  ('synced without resman_lead_id', '{"resman_sync_status": "synced"}'),
  ('a negative version', '{"resman_sync_version": -1}')) as c(what, value);

-- effects
create temporary table given as
select pg_temp.given_conversation(null, pg_temp.given_property()) as id;
select results_eq(
  $$select resman_sync_status::text, resman_sync_version
    from public.conversation join given using (id)$$,
  $$values ('not_synced', 0)$$,
  'a new conversation is not synced');

select * from finish();
rollback;
