-- The specification's table lead_sync_conflicts, its errata mended.
begin;
\i db/tests/support/catalogue.psql
\i db/tests/support/fixtures.psql
select plan(11);

-- surface
select results_eq(
  $$select * from pg_temp.columns_of('public.lead_sync_conflicts') limit 16$$,
  $$values
    ('id', 'uuid', true, 'gen_random_uuid()'),
    ('conversation_id', 'uuid', false, null),
    ('resman_lead_id', 'character varying(100)', false, null),
    ('conflict_type', 'character varying(50)', true, null),
    ('conflict_field', 'character varying(100)', false, null),
    ('resman_value', 'jsonb', false, null),
    ('domiq_value', 'jsonb', false, null),
    ('conflict_severity', 'character varying(20)', false, '''medium''::character varying'),
    ('resolution_status', 'character varying(50)', false, '''pending''::character varying'),
    ('resolution_strategy', 'character varying(50)', false, null),
    ('resolved_value', 'jsonb', false, null),
    ('resolved_by', 'uuid', false, null),
    ('resolved_at', 'timestamp with time zone', false, null),
    ('notes', 'text', false, null),
    ('created_at', 'timestamp with time zone', false, 'now()'),
    ('updated_at', 'timestamp with time zone', false, 'now()')$$,
  'the columns of the specification, in its order, with types and defaults');
select is_empty(
  $$values
    ('lead_sync_conflicts_conflict_severity_check',
     'CHECK (((conflict_severity)::text = ANY ((ARRAY[''low''::character varying, '
     '''medium''::character varying, ''high''::character varying, ''critical''::character '
     'varying])::text[])))'),
    ('lead_sync_conflicts_conflict_type_check',
     'CHECK (((conflict_type)::text = ANY ((ARRAY[''status_conflict''::character varying, '
     '''data_conflict''::character varying, ''duplicate_lead''::character varying, '
     '''field_mismatch''::character varying])::text[])))'),
    ('lead_sync_conflicts_conversation_id_fkey',
     'FOREIGN KEY (conversation_id) REFERENCES conversation(id) ON DELETE SET NULL'),
    ('lead_sync_conflicts_pkey', 'PRIMARY KEY (id)'),
    ('lead_sync_conflicts_resolution_status_check',
     'CHECK (((resolution_status)::text = ANY ((ARRAY[''pending''::character varying, '
     '''auto_resolved''::character varying, ''manual_review''::character varying, '
     '''resolved''::character varying])::text[])))'),
    ('lead_sync_conflicts_resolution_strategy_check',
     'CHECK (((resolution_strategy)::text = ANY ((ARRAY[''resman_wins''::character varying, '
     '''domiq_wins''::character varying, ''manual_review''::character varying, '
     '''merged''::character varying])::text[])))'),
    ('lead_sync_conflicts_resolved_by_fkey',
     'FOREIGN KEY (resolved_by) REFERENCES property_manager(id) ON DELETE SET NULL')
    except select * from pg_temp.constraints_of('public.lead_sync_conflicts')$$,
  'its keys and checks, under their names');
select is_empty(
  $$values
    ('idx_lead_sync_conflicts_by_resolver',
     'btree (resolved_by, resolved_at) WHERE (resolved_by IS NOT NULL)'),
    ('idx_lead_sync_conflicts_resolution_time',
     'btree (((resolved_at - created_at))) WHERE (resolved_at IS NOT NULL)'),
    ('idx_lead_sync_conflicts_resolved',
     'btree (resolved_at) WHERE ((resolution_status)::text = ''resolved''::text)'),
    ('idx_lead_sync_conflicts_status', 'btree (resolution_status, conflict_severity)'),
    ('idx_lead_sync_conflicts_type_field', 'btree (conflict_type, conflict_field)'),
    ('lead_sync_conflicts_pkey', 'unique btree (id)')
    except select * from pg_temp.indexes_of('public.lead_sync_conflicts')$$,
  'its indexes');
select is_empty(
  $$values
    ('', 'Track and manage conflicts between DomIQ and ResMan data'),
    ('conflict_field', 'Field name where conflict occurred'),
    ('resman_value', 'Value from ResMan system'),
    ('domiq_value', 'Value from DomIQ system')
    except select * from pg_temp.comments_of('public.lead_sync_conflicts')$$,
  'the comments begin with those of the specification');
select is_empty($$select pg_temp.columns_without_comment('public.lead_sync_conflicts')$$,
  'every column has a comment');
select results_eq(
  $$select c.relrowsecurity, (select count(*) from pg_policy p where p.polrelid = c.oid),
      c.relowner::regrole::text
    from pg_class c where c.oid = 'public.lead_sync_conflicts'::regclass$$,
  $$values (true, 0::bigint, 'lead_sync_owner')$$,
  'it belongs to the package and lets nobody else in, whatever is granted');

-- errors
select throws_ok(
  format($$select pg_temp.given_row('lead_sync_conflicts',
    '{"conflict_type": "data_conflict"}'::jsonb || %L)$$,
    jsonb_build_object(c.name, c.value)),
  '23514', null, format('%s cannot be %s', c.name, c.value))
from (values
  ('conflict_type', '"quarrel"'::jsonb),
  ('conflict_severity', '"fatal"'::jsonb),
  ('resolution_status', '"open"'::jsonb),
  ('resolution_strategy', '"newest_wins"'::jsonb)) as c(name, value);

-- effects
create temporary table given as
select pg_temp.given_conversation(null, pg_temp.given_property()) as conversation_id;
insert into public.lead_sync_conflicts (conversation_id, resman_lead_id, conflict_type)
select conversation_id, 'lead-1', 'data_conflict' from given;
delete from public.conversation where id = (select conversation_id from given);
select results_eq(
  $$select conversation_id, conflict_severity::text, resolution_status::text
    from public.lead_sync_conflicts where resman_lead_id = 'lead-1'$$,
  $$values (null::uuid, 'medium', 'pending')$$,
  'a conflict outlives its conversation');

select * from finish();
rollback;
