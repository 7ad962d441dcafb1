-- The specification's sync_success_rates groups by a column that lead_sync_log does not have.
begin;
\i db/tests/support/fixtures.psql
select plan(3);

select has_column('public', 'lead_sync_log', 'property_id', 'the log carries the property');
select col_type_is('public', 'lead_sync_log', 'property_id', 'uuid', 'as a uuid');

create function pg_temp.given_logs() returns uuid
language plpgsql
as $$
declare
  v_property uuid := pg_temp.given_property();
  v_other uuid := pg_temp.given_property();
begin
  perform pg_temp.given_row('lead_sync_log', jsonb_build_object(
    'property_id', p.id, 'sync_direction', 'to_resman', 'sync_type', 'create',
    'sync_status', p.status))
  from (values (v_property, 'success'), (v_property, 'success'), (v_property, 'failed'),
               (v_other, 'failed')) as p(id, status);
  return v_property;
end
$$;
create temporary table given as select pg_temp.given_logs() as property_id;

select results_eq(
  $$select r.total_operations, r.successful_operations, r.success_rate
    from public.sync_success_rates r join given g using (property_id)$$,
  $$values (3::bigint, 2::bigint, 66.67)$$,
  'sync_success_rates tells one property from another');

select * from finish();
rollback;
