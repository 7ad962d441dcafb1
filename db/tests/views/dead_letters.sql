-- lead_sync.dead_letters
begin;
\i db/tests/support/catalogue.psql
\i db/tests/support/fixtures.psql
select plan(8);

-- surface
select results_eq(
  $$select name, type from pg_temp.columns_of('lead_sync.dead_letters')$$,
  $$values
    ('item_id', 'uuid'),
    ('property_id', 'uuid'),
    ('conversation_id', 'uuid'),
    ('resman_lead_id', 'character varying(100)'),
    ('sync_operation', 'character varying(50)'),
    ('error_code', 'character varying(100)'),
    ('attempts', 'integer'),
    ('retry_count', 'integer'),
    ('created_at', 'timestamp with time zone'),
    ('ended_at', 'timestamp with time zone')$$,
  'its columns');
select view_owner_is('lead_sync', 'dead_letters', 'lead_sync_owner',
  'it belongs to the package');
select table_privs_are('lead_sync', 'dead_letters', 'lead_sync_monitor',
  array['SELECT'], 'lead_sync_monitor may read it');
select table_privs_are('lead_sync', 'dead_letters', 'public', array[]::text[],
  'PUBLIC may not');
select is_empty($$select pg_temp.columns_without_comment('lead_sync.dead_letters')$$,
  'every column has a comment');

create temporary table given as select pg_temp.given_property() as property_id;
insert into public.lead_sync_queue
  (conversation_id, resman_lead_id, sync_operation, sync_data, status, error_code,
   error_message, attempt, retry_count, processed_at, updated_at, created_at)
select pg_temp.given_conversation(null, g.property_id), v.label, 'push', '{}', v.status,
       'rejected', 'a text', 5, 2, now() - v.ended, now() - interval '1 hour',
       now() - interval '3 days'
from given g, (values
  ('dead', 'failed', interval '2 days'),
  ('dead, no time', 'failed', null),
  ('done', 'completed', interval '1 day'),
  ('waits', 'pending', null)) as v(label, status, ended);

-- happy path
select results_eq(
  $$select resman_lead_id::text, sync_operation::text, error_code::text, attempts, retry_count,
      now() - created_at, now() - ended_at
    from lead_sync.dead_letters join given using (property_id) order by 1$$,
  $$values ('dead', 'push', 'rejected', 5, 2, interval '3 days', interval '2 days'),
           ('dead, no time', 'push', 'rejected', 5, 2, interval '3 days', interval '1 hour')$$,
  'failed items are listed and no others');

-- edges
select results_eq(
  $$select d.item_id, d.conversation_id from lead_sync.dead_letters d
    join given using (property_id) order by 1$$,
  $$select q.id, q.conversation_id from public.lead_sync_queue q
    where q.status = 'failed' order by 1$$,
  'each by its item and conversation');

-- effects
set local role lead_sync_monitor;
select isnt_empty('select * from lead_sync.dead_letters',
  'lead_sync_monitor reads it');
reset role;

select * from finish();
rollback;
