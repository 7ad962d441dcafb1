-- The columns of the specification on DomIQ's table lead_notification.
begin;
\i db/tests/support/catalogue.psql
\i db/tests/support/fixtures.psql
select plan(11);

-- surface
select is_empty(
  $$values
    ('resman_notification_id', 'character varying(100)', false, null),
    ('resman_sync_status', 'character varying(50)', false, '''not_synced''::character varying'),
    ('resman_last_sync_at', 'timestamp with time zone', false, null)
    except select * from pg_temp.columns_of('public.lead_notification')$$,
  'the columns of the specification, with types and defaults');
select is_empty(
  $$values
    ('chk_notification_resman_sync_mapping',
     'CHECK (((((resman_sync_status)::text = ''synced''::text) AND (resman_notification_id IS'
     ' NOT NULL)) OR ((resman_sync_status)::text <> ''synced''::text)))'),
    ('lead_notification_resman_sync_status_check',
     'CHECK (((resman_sync_status)::text = ANY ((ARRAY[''not_synced''::character varying, '
     '''syncing''::character varying, ''synced''::character varying, ''failed''::character '
     'varying])::text[])))')
    except select * from pg_temp.constraints_of('public.lead_notification')$$,
  'its checks, under their names');
select is_empty(
  $$values
    ('idx_lead_notification_resman_id', 'btree (resman_notification_id)'),
    ('idx_lead_notification_resman_sync', 'btree (resman_sync_status)')
    except select * from pg_temp.indexes_of('public.lead_notification')$$,
  'its indexes');
select is_empty(
  $$select c.conname from pg_constraint c
    where c.conrelid = 'public.lead_notification'::regclass and not c.convalidated$$,
  'every check has been validated');
select is_empty(
  $$select column_name from lead_sync_private.added_column
    where table_name = 'lead_notification'
    intersect select pg_temp.columns_without_comment('public.lead_notification')$$,
  'every column that was added has a comment');

-- errors
select throws_ok(
  format($$select pg_temp.given_notification(
    pg_temp.given_conversation(null, pg_temp.given_property()), %L)$$, c.value),
  '23514', null, format('refused: %s', c.what))
from (values
  ('an unknown status', '{"resman_sync_status": "lost"}'),
  ('synced without resman_notification_id', '{"resman_sync_status": "synced"}'),
  ('status conflict', '{"resman_sync_status": "conflict"}')) as c(what, value);

-- effects
create temporary table given as
select pg_temp.given_notification(
  pg_temp.given_conversation(null, pg_temp.given_property())) as id;
select results_eq(
  $$select resman_sync_status::text from public.lead_notification join given using (id)$$,
  $$values ('not_synced')$$,
  'a new notification is not synced');
select lives_ok(
  $$update public.lead_notification set resman_notification_id = 'n-1' from given
    where lead_notification.id = given.id$$,
  'its rows can be updated, DomIQ''s update trigger notwithstanding');
select isnt(
  (select updated_at from public.lead_notification join given using (id)), null,
  'that trigger finds its updated_at');

select * from finish();
rollback;
