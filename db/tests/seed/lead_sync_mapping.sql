-- The specification's table lead_sync_mapping, its errata mended.
begin;
\i db/tests/support/catalogue.psql
\i db/tests/support/fixtures.psql
select plan(10);

-- surface
select results_eq(
  $$select * from pg_temp.columns_of('public.lead_sync_mapping') limit 9$$,
  $$values
    ('id', 'uuid', true, 'gen_random_uuid()'),
    ('conversation_id', 'uuid', false, null),
    ('resman_lead_id', 'character varying(100)', true, null),
    ('property_id', 'uuid', false, null),
    ('mapping_status', 'character varying(50)', false, '''active''::character varying'),
    ('last_sync_at', 'timestamp with time zone', false, 'now()'),
    ('sync_version', 'integer', false, '1'),
    ('created_at', 'timestamp with time zone', false, 'now()'),
    ('updated_at', 'timestamp with time zone', false, 'now()')$$,
  'the columns of the specification, in its order, with types and defaults');
select is_empty(
  $$values
    ('lead_sync_mapping_conversation_id_fkey',
     'FOREIGN KEY (conversation_id) REFERENCES conversation(id) ON DELETE CASCADE'),
    ('lead_sync_mapping_mapping_status_check',
     'CHECK (((mapping_status)::text = ANY ((ARRAY[''active''::character varying, '
     '''inactive''::character varying, ''merged''::character varying, ''deleted''::character '
     'varying])::text[])))'),
    ('lead_sync_mapping_pkey', 'PRIMARY KEY (id)'),
    ('lead_sync_mapping_property_id_fkey',
     'FOREIGN KEY (property_id) REFERENCES property(id) ON DELETE CASCADE'),
    ('uq_lead_sync_mapping_conversation', 'UNIQUE (conversation_id)'),
    ('uq_lead_sync_mapping_resman_lead', 'UNIQUE (resman_lead_id)')
    except select * from pg_temp.constraints_of('public.lead_sync_mapping')$$,
  'its keys and checks, under their names');
select is_empty(
  $$values
    ('idx_lead_sync_mapping_property', 'btree (property_id, mapping_status)'),
    ('idx_lead_sync_mapping_status', 'btree (mapping_status, last_sync_at)'),
    ('lead_sync_mapping_pkey', 'unique btree (id)'),
    ('uq_lead_sync_mapping_conversation', 'unique btree (conversation_id)'),
    ('uq_lead_sync_mapping_resman_lead', 'unique btree (resman_lead_id)')
    except select * from pg_temp.indexes_of('public.lead_sync_mapping')$$,
  'its indexes');
select is_empty(
  $$values
    ('', 'Maps DomIQ conversations to ResMan lead IDs'),
    ('sync_version', 'Version number for conflict detection')
    except select * from pg_temp.comments_of('public.lead_sync_mapping')$$,
  'the comments begin with those of the specification');
select is_empty($$select pg_temp.columns_without_comment('public.lead_sync_mapping')$$,
  'every column has a comment');
select results_eq(
  $$select c.relrowsecurity, (select count(*) from pg_policy p where p.polrelid = c.oid),
      c.relowner::regrole::text
    from pg_class c where c.oid = 'public.lead_sync_mapping'::regclass$$,
  $$values (true, 0::bigint, 'lead_sync_owner')$$,
  'it belongs to the package and lets nobody else in, whatever is granted');

-- errors
select throws_ok(
  format($$select pg_temp.given_row('lead_sync_mapping',
    '{"resman_lead_id": "lead-1"}'::jsonb || %L)$$,
    jsonb_build_object(c.name, c.value)),
  '23514', null, format('%s cannot be %s', c.name, c.value))
from (values
  ('mapping_status', '"lost"'::jsonb)) as c(name, value);

-- effects
create temporary table given as
select pg_temp.given_property() as property_id, null::uuid as conversation_id;
update given set conversation_id = pg_temp.given_conversation(null, property_id);
insert into public.lead_sync_mapping (conversation_id, resman_lead_id, property_id)
select conversation_id, 'lead-1', property_id from given;
select throws_ok(
  $$insert into public.lead_sync_mapping (conversation_id, resman_lead_id)
    select conversation_id, 'lead-2' from given$$,
  '23505', null, 'a conversation has one mapping');
select throws_ok(
  $$insert into public.lead_sync_mapping (resman_lead_id) values ('lead-1')$$,
  '23505', null, 'a lead has one mapping');
delete from public.conversation where id = (select conversation_id from given);
select is_empty('select * from public.lead_sync_mapping join given using (property_id)',
  'a mapping goes with the conversation');

select * from finish();
rollback;
