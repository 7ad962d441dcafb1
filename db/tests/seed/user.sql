-- The columns of the specification on DomIQ's table user.
begin;
\i db/tests/support/catalogue.psql
\i db/tests/support/fixtures.psql
select plan(9);

-- surface
select is_empty(
  $$values
    ('resman_contact_id', 'character varying(100)', false, null),
    ('resman_sync_status', 'character varying(50)', false, '''not_synced''::character varying'),
    ('resman_last_sync_at', 'timestamp with time zone', false, null),
    ('resman_sync_version', 'integer', false, '0'),
    ('resman_custom_fields', 'jsonb', false, null)
    except select * from pg_temp.columns_of('public."user"')$$,
  'the columns of the specification, with types and defaults');
select is_empty(
  $$values
    ('chk_user_resman_sync_mapping',
     'CHECK (((((resman_sync_status)::text = ''synced''::text) AND (resman_contact_id IS NOT '
     'NULL)) OR ((resman_sync_status)::text <> ''synced''::text)))'),
    ('chk_user_resman_sync_version', 'CHECK ((resman_sync_version >= 0))'),
    ('user_resman_sync_status_check',
     'CHECK (((resman_sync_status)::text = ANY ((ARRAY[''not_synced''::character varying, '
     '''syncing''::character varying, ''synced''::character varying, ''failed''::character '
     'varying, ''conflict''::character varying])::text[])))')
    except select * from pg_temp.constraints_of('public."user"')$$,
  'its checks, under their names');
select is_empty(
  $$values
    ('idx_user_resman_contact_id', 'btree (resman_contact_id)'),
    ('idx_user_resman_sync_status', 'btree (resman_sync_status)')
    except select * from pg_temp.indexes_of('public."user"')$$,
  'its indexes');
select is_empty(
  $$select c.conname from pg_constraint c
    where c.conrelid = 'public."user"'::regclass and not c.convalidated$$,
  'every check has been validated');
select is_empty(
  $$select column_name from lead_sync_private.added_column where table_name = 'user'
    intersect select pg_temp.columns_without_comment('public."user"')$$,
  'every column that was added has a comment');

-- errors
select throws_ok(
  format($$select pg_temp.given_row('user',
    '{"first_name": "Robin", "last_name": "Renter"}'::jsonb || %L)$$, c.value),
  '23514', null, format('refused: %s', c.what))
from (values
  ('an unknown status', '{"resman_sync_status": "lost"}'),
  ('synced without resman_contact_id', '{"resman_sync_status": "synced"}'),
  ('a negative version', '{"resman_sync_version": -1}')) as c(what, value);

-- effects
create temporary table given as
select pg_temp.given_user('Robin', 'Renter', null, null) as id;
select results_eq(
  $$select resman_sync_status::text, resman_sync_version
    from public."user" join given using (id)$$,
  $$values ('not_synced', 0)$$,
  'a new user is not synced');

select * from finish();
rollback;
