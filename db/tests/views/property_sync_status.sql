-- public.property_sync_status
begin;
\i db/tests/support/catalogue.psql
\i db/tests/support/fixtures.psql
select plan(11);

-- surface
select results_eq(
  $$select name, type from pg_temp.columns_of('public.property_sync_status')$$,
  $$values
    ('property_id', 'uuid'),
    ('property_name', 'character varying(255)'),
    ('sync_enabled', 'boolean'),
    ('sync_status', 'character varying(50)'),
    ('last_successful_sync_at', 'timestamp with time zone'),
    ('error_count', 'integer'),
    ('pending_queue_items', 'bigint'),
    ('pending_conflicts', 'bigint')$$,
  'the columns of the specification');
select view_owner_is('public', 'property_sync_status', 'lead_sync_owner',
  'it belongs to the package');
select table_privs_are('public', 'property_sync_status', 'lead_sync_monitor',
  array['SELECT'], 'lead_sync_monitor may read it');
select table_privs_are('public', 'property_sync_status', 'public', array[]::text[],
  'PUBLIC may not');
select is_empty($$select pg_temp.columns_without_comment('public.property_sync_status')$$,
  'every column has a comment');

create temporary table given as
select v.label, pg_temp.given_property(null, jsonb_build_object('name', v.label)) as property_id
from (values ('with'), ('without')) as v(label);
select pg_temp.given_integration(property_id,
  '{"sync_status": "paused", "error_count": 7, "sync_enabled": false}')
from given where label = 'with';

-- happy path
select results_eq(
  $$select property_name::text, sync_enabled, sync_status::text, last_successful_sync_at,
      error_count, pending_queue_items, pending_conflicts
    from public.property_sync_status join given using (property_id) order by 1$$,
  $$values ('with', false, 'paused', null::timestamptz, 7, 0::bigint, 0::bigint),
           ('without', null, null, null, null, 0, 0)$$,
  'every property is listed, with an integration or without');

-- edges
insert into public.lead_sync_conflicts (property_id, conflict_type, conflict_field)
select property_id, 'data_conflict', 'email' from given where label = 'with';
insert into public.lead_sync_conflicts (property_id, conflict_type, resolution_status)
select property_id, 'data_conflict', 'resolved' from given where label = 'with';
insert into public.lead_sync_queue (property_id, sync_operation, sync_data, next_retry_at)
select property_id, 'pull', '{}', now() + interval '1 day' from given where label = 'without';
insert into public.lead_sync_queue (property_id, sync_operation, sync_data, status)
select property_id, 'pull', '{}', 'completed' from given where label = 'without';
select results_eq(
  $$select property_name::text, pending_queue_items, pending_conflicts
    from public.property_sync_status join given using (property_id) order by 1$$,
  $$values ('with', 0::bigint, 1::bigint), ('without', 1, 0)$$,
  'work that names its property counts, what has ended does not');
insert into public.lead_sync_conflicts (conversation_id, conflict_type, conflict_field)
select pg_temp.given_conversation(null, property_id), 'data_conflict', 'phone'
from given where label = 'with';
select results_eq(
  $$select property_name::text, pending_conflicts
    from public.property_sync_status join given using (property_id) order by 1$$,
  $$values ('with', 2::bigint), ('without', 0)$$,
  'work that does not counts by way of the chatbot');
insert into public.lead_sync_conflicts (conflict_type) values ('duplicate_lead');
select is((select sum(pending_conflicts) from public.property_sync_status
           join given using (property_id)), 2::numeric,
  'work of no property counts for none');

-- effects
set local role lead_sync_monitor;
select isnt_empty('select * from public.property_sync_status',
  'lead_sync_monitor reads it');
reset role;

-- a grant on everything in public, as DomIQ's own migrations give, opens nothing
grant select on public.property_sync_status to app_readonly;
set local role app_readonly;
select is_empty('select * from public.property_sync_status',
  'a role of DomIQ''s sees no row');
reset role;

select * from finish();
rollback;
