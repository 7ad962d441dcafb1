-- lead_sync.open_conflicts
begin;
\i db/tests/support/catalogue.psql
\i db/tests/support/fixtures.psql
select plan(8);

-- surface
select results_eq(
  $$select name, type from pg_temp.columns_of('lead_sync.open_conflicts')$$,
  $$values
    ('conflict_id', 'uuid'),
    ('property_id', 'uuid'),
    ('conversation_id', 'uuid'),
    ('resman_lead_id', 'character varying(100)'),
    ('conflict_type', 'character varying(50)'),
    ('conflict_field', 'character varying(100)'),
    ('conflict_severity', 'character varying(20)'),
    ('resolution_status', 'character varying(50)'),
    ('created_at', 'timestamp with time zone'),
    ('age', 'interval'),
    ('last_seen_at', 'timestamp with time zone'),
    ('times_seen', 'integer')$$,
  'its columns');
select view_owner_is('lead_sync', 'open_conflicts', 'lead_sync_owner',
  'it belongs to the package');
select table_privs_are('lead_sync', 'open_conflicts', 'lead_sync_monitor',
  array['SELECT'], 'lead_sync_monitor may read it');
select table_privs_are('lead_sync', 'open_conflicts', 'public', array[]::text[],
  'PUBLIC may not');
select is_empty($$select pg_temp.columns_without_comment('lead_sync.open_conflicts')$$,
  'every column has a comment');

create temporary table given as select pg_temp.given_property() as property_id;
insert into public.lead_sync_conflicts
  (conversation_id, resman_lead_id, conflict_type, conflict_field, conflict_severity,
   resolution_status, domiq_value, resman_value, last_seen_at, times_seen, created_at)
select pg_temp.given_conversation(null, g.property_id), 'lead', 'data_conflict', 'email',
       'high', v.status, '"a@example.com"', '"b@example.com"', now(), 2,
       now() - interval '2 days'
from given g, unnest(array['pending', 'manual_review', 'resolved', 'auto_resolved'])
  as v(status);

-- happy path
select results_eq(
  $$select resolution_status::text, resman_lead_id::text, conflict_type::text,
      conflict_field::text, conflict_severity::text, age, last_seen_at = now(), times_seen
    from lead_sync.open_conflicts join given using (property_id) order by 1$$,
  $$values ('manual_review', 'lead', 'data_conflict', 'email', 'high', interval '2 days',
            true, 2),
           ('pending', 'lead', 'data_conflict', 'email', 'high', interval '2 days', true, 2)$$,
  'pending and manual_review conflicts are listed and no others');

-- edges
select is_empty(
  $$select 1 from lead_sync.open_conflicts o where o::text ~ 'example'$$,
  'no value is shown');

-- effects
set local role lead_sync_monitor;
select isnt_empty('select * from lead_sync.open_conflicts',
  'lead_sync_monitor reads it');
reset role;

select * from finish();
rollback;
