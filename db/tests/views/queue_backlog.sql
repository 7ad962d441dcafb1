-- lead_sync.queue_backlog
begin;
\i db/tests/support/catalogue.psql
\i db/tests/support/fixtures.psql
select plan(8);

-- surface
select results_eq(
  $$select name, type from pg_temp.columns_of('lead_sync.queue_backlog')$$,
  $$values
    ('property_id', 'uuid'),
    ('sync_operation', 'character varying(50)'),
    ('status', 'character varying(50)'),
    ('items', 'bigint'),
    ('oldest_created_at', 'timestamp with time zone'),
    ('oldest_age', 'interval'),
    ('next_retry_at', 'timestamp with time zone')$$,
  'its columns');
select view_owner_is('lead_sync', 'queue_backlog', 'lead_sync_owner',
  'it belongs to the package');
select table_privs_are('lead_sync', 'queue_backlog', 'lead_sync_monitor',
  array['SELECT'], 'lead_sync_monitor may read it');
select table_privs_are('lead_sync', 'queue_backlog', 'public', array[]::text[],
  'PUBLIC may not');
select is_empty($$select pg_temp.columns_without_comment('lead_sync.queue_backlog')$$,
  'every column has a comment');

create temporary table given as select pg_temp.given_property() as property_id;
insert into public.lead_sync_queue
  (conversation_id, sync_operation, sync_data, status, next_retry_at, created_at)
select pg_temp.given_conversation(null, g.property_id), v.operation, '{}', v.status,
       now() + v.due, now() - v.age
from given g, (values
  ('push', 'pending', null::interval, interval '3 days'),
  ('push', 'pending', interval '1 hour', interval '1 hour'),
  ('push', 'pending', interval '2 hours', interval '2 hours'),
  ('enrichment', 'pending', null, interval '1 minute'),
  ('push', 'completed', null, interval '9 days'),
  ('push', 'failed', null, interval '9 days')) as v(operation, status, due, age);

-- happy path
select results_eq(
  $$select sync_operation::text, status::text, items, oldest_age, next_retry_at - now(),
      oldest_created_at = now() - oldest_age
    from lead_sync.queue_backlog join given using (property_id) order by 1$$,
  $$values ('enrichment', 'pending', 1::bigint, interval '1 minute', null::interval, true),
           ('push', 'pending', 3, interval '3 days', interval '1 hour', true)$$,
  'what waits is counted by property, operation and status, however old');

-- edges
insert into public.lead_sync_queue (sync_operation, sync_data) values ('pull', '{}');
select results_eq(
  $$select sync_operation::text, items from lead_sync.queue_backlog where property_id is null$$,
  $$values ('pull', 1::bigint)$$, 'an item of no property is not hidden');

-- effects
set local role lead_sync_monitor;
select isnt_empty('select * from lead_sync.queue_backlog',
  'lead_sync_monitor reads it');
reset role;

select * from finish();
rollback;
