-- The specification's table resman_integration, its errata mended.
begin;
\i db/tests/support/catalogue.psql
\i db/tests/support/fixtures.psql
select plan(11);

-- surface
select results_eq(
  $$select * from pg_temp.columns_of('public.resman_integration') limit 14$$,
  $$values
    ('id', 'uuid', true, 'gen_random_uuid()'),
    ('property_id', 'uuid', false, null),
    ('resman_property_id', 'character varying(100)', true, null),
    ('api_credentials', 'jsonb', true, null),
    ('webhook_url', 'character varying(255)', false, null),
    ('sync_enabled', 'boolean', false, 'true'),
    ('sync_direction', 'character varying(20)', false, '''bidirectional''::character varying'),
    ('sync_frequency', 'character varying(20)', false, '''realtime''::character varying'),
    ('last_sync_at', 'timestamp with time zone', false, 'now()'),
    ('last_successful_sync_at', 'timestamp with time zone', false, null),
    ('sync_status', 'character varying(50)', false, '''active''::character varying'),
    ('error_count', 'integer', false, '0'),
    ('created_at', 'timestamp with time zone', false, 'now()'),
    ('updated_at', 'timestamp with time zone', false, 'now()')$$,
  'the columns of the specification, in its order, with types and defaults');
select is_empty(
  $$values
    ('resman_integration_pkey', 'PRIMARY KEY (id)'),
    ('resman_integration_property_id_fkey',
     'FOREIGN KEY (property_id) REFERENCES property(id) ON DELETE CASCADE'),
    ('resman_integration_sync_direction_check',
     'CHECK (((sync_direction)::text = ANY ((ARRAY[''to_resman''::character varying, '
     '''from_resman''::character varying, ''bidirectional''::character varying])::text[])))'),
    ('resman_integration_sync_frequency_check',
     'CHECK (((sync_frequency)::text = ANY ((ARRAY[''realtime''::character varying, '
     '''hourly''::character varying, ''daily''::character varying])::text[])))'),
    ('resman_integration_sync_status_check',
     'CHECK (((sync_status)::text = ANY ((ARRAY[''active''::character varying, '
     '''paused''::character varying, ''error''::character varying, '
     '''disconnected''::character varying])::text[])))'),
    ('uq_resman_integration_property', 'UNIQUE (property_id)')
    except select * from pg_temp.constraints_of('public.resman_integration')$$,
  'its keys and checks, under their names');
select is_empty(
  $$values
    ('resman_integration_pkey', 'unique btree (id)'),
    ('uq_resman_integration_property', 'unique btree (property_id)')
    except select * from pg_temp.indexes_of('public.resman_integration')$$,
  'its indexes');
select is_empty(
  $$values
    ('', 'Configuration for ResMan integration per property'),
    ('api_credentials', 'Encrypted ResMan API credentials'),
    ('sync_direction', 'Direction of data synchronization'),
    ('sync_frequency', 'How often to sync data')
    except select * from pg_temp.comments_of('public.resman_integration')$$,
  'the comments begin with those of the specification');
select is_empty($$select pg_temp.columns_without_comment('public.resman_integration')$$,
  'every column has a comment');
select results_eq(
  $$select c.relrowsecurity, (select count(*) from pg_policy p where p.polrelid = c.oid),
      c.relowner::regrole::text
    from pg_class c where c.oid = 'public.resman_integration'::regclass$$,
  $$values (true, 0::bigint, 'lead_sync_owner')$$,
  'it belongs to the package and lets nobody else in, whatever is granted');

-- errors
select throws_ok(
  format($$select pg_temp.given_integration(pg_temp.given_property(), %L)$$,
    jsonb_build_object(c.name, c.value)),
  '23514', null, format('%s cannot be %s', c.name, c.value))
from (values
  ('sync_direction', '"sideways"'::jsonb),
  ('sync_frequency', '"weekly"'::jsonb),
  ('sync_status', '"asleep"'::jsonb)) as c(name, value);

-- effects
create temporary table given as select pg_temp.given_property() as property_id;
select pg_temp.given_integration(property_id) from given;
select throws_ok('select pg_temp.given_integration(property_id) from given', '23505', null,
  'a property has one integration');
delete from public.property where id = (select property_id from given);
select is_empty('select * from public.resman_integration join given using (property_id)',
  'it goes with the property');

select * from finish();
rollback;
